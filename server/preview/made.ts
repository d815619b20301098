import type { Clock } from '#shared/base/clock.ts';
import type { JobFailureReason, JobOutcome } from '../sandbox/job.ts';
import type { Cache, CacheKey } from './cache.ts';
import { makeSharedWork } from './shared-work.ts';

/** Something that was made of a file, or why not. */
export type Made = { readonly kind: 'made'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly reason: JobFailureReason };

/** What could not be made is not tried again for so long, in milliseconds: whoever asks again and again costs nothing. */
const giveUpMs = 600_000;
const mostFailures = 5_000;

export interface Maker {
  /** What is kept under the key, or what `make` gives: once at a time, whoever asks. */
  get(key: CacheKey, signal: AbortSignal | undefined, make: (signal: AbortSignal) => Promise<JobOutcome>): Promise<Made>;
}

/** Makes things that are kept in the cache. A job's first file is the thing; without one it is its value, as JSON. */
export function makeMaker(cache: Cache, clock: Pick<Clock, 'monotonic'>): Maker {
  const work = makeSharedWork<Made>();
  const failures = new Map<string, { readonly reason: JobFailureReason; readonly until: number }>();

  const failed = (name: string, reason: JobFailureReason): Made => {
    if (reason !== 'cancelled' && reason !== 'overloaded') {
      failures.delete(name);
      failures.set(name, { reason, until: clock.monotonic() + giveUpMs });
      if (failures.size > mostFailures) failures.delete(failures.keys().next().value!);
    }
    return { kind: 'failed', reason };
  };

  return {
    get: async (key, signal, make) => {
      const name = `${key.tenantId} ${key.contentHash} ${key.what}`;
      const failure = failures.get(name);
      if (failure !== undefined && failure.until > clock.monotonic()) return { kind: 'failed', reason: failure.reason };
      return work.once(name, signal, async (stop) => {
        const kept = await cache.get(key);
        if (kept !== null) return { kind: 'made', bytes: kept };
        const outcome = await make(stop);
        if (outcome.kind === 'failed') return failed(name, outcome.reason);
        const bytes = outcome.files[0] ?? Buffer.from(JSON.stringify(outcome.value));
        await cache.put(key, bytes);
        return { kind: 'made', bytes };
      });
    },
  };
}
