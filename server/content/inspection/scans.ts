import { inLanes } from '#shared/base/lanes.ts';
import type { Services } from '../../context.ts';
import { listBatches } from '../batches.ts';
import type { StoredChunk } from '../reach.ts';
import type { Bytes } from '../stored-content.ts';
import type { Scanner, ScanResult } from './clamd.ts';
import { storedSource } from './source.ts';

/** How long one request waits for its scans, in milliseconds; what is not done then is answered `pending`. */
const patienceMs = 8_000;
/** A clean answer this old is asked for again: the scanner may know more by now. */
const freshMs = 86_400_000;
/** clamd works on ten at once by default, and others may use it. */
const mostAtOnce = 4;

export type ScanVerdict = ScanResult | { readonly kind: 'pending' };

export interface Scans {
  ask(tenantId: string, contents: readonly Bytes[], stored: ReadonlyMap<string, StoredChunk>): Promise<Map<string, ScanVerdict>>;
}

/** Scans contents once and remembers the answers. One content is scanned once at a time, however many wait for it. */
export function makeScans(
  { database, blobs, clock, log }: Pick<Services, 'database' | 'blobs' | 'clock' | 'log'>,
  scanner: Scanner,
): Scans {
  const running = new Map<string, Promise<ScanResult>>();

  const remember = async (tenantId: string, hash: string, virus: string | null): Promise<void> => {
    const answer = { scanned_at: clock.now(), virus };
    await database
      .insertInto('content_scans')
      .values({ tenant_id: tenantId, content_hash: hash, ...answer })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'content_hash']).doUpdateSet(answer))
      .execute();
  };

  const scan = async (tenantId: string, content: Bytes, stored: ReadonlyMap<string, StoredChunk>): Promise<ScanResult> => {
    const source = storedSource(blobs, content, stored);
    const result = await scanner.scan(source.stream(0, source.sizeBytes));
    if (result.kind === 'unknown') log.warn({ problem: result.problem }, 'The virus scanner cannot say');
    else await remember(tenantId, content.contentHash, result.kind === 'found' ? result.name : null);
    return result;
  };

  const scanOnce = (tenantId: string, content: Bytes, stored: ReadonlyMap<string, StoredChunk>): Promise<ScanResult> => {
    const key = `${tenantId} ${content.contentHash}`;
    const before = running.get(key);
    if (before !== undefined) return before;
    const started = scan(tenantId, content, stored)
      .catch((error: unknown): ScanResult => {
        log.error({ error }, 'A virus scan failed');
        return { kind: 'unknown', problem: 'failed' };
      })
      .finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };

  return {
    ask: async (tenantId, contents, stored) => {
      const verdicts = new Map<string, ScanVerdict>();
      for (const some of listBatches(contents.map(({ contentHash }) => contentHash))) {
        const rows = await database
          .selectFrom('content_scans')
          .select(['content_hash', 'scanned_at', 'virus'])
          .where('tenant_id', '=', tenantId)
          .where('content_hash', 'in', some)
          .execute();
        for (const row of rows) {
          if (row.virus !== null) verdicts.set(row.content_hash, { kind: 'found', name: row.virus });
          else if (clock.now() - row.scanned_at < freshMs) verdicts.set(row.content_hash, { kind: 'clean' });
        }
      }
      const open = contents.filter(({ contentHash }) => !verdicts.has(contentHash));
      if (open.length === 0) return verdicts;
      let cancel = (): void => undefined;
      let over = false;
      const patience = new Promise<void>((resolve) => {
        cancel = clock.after(patienceMs, () => {
          over = true;
          resolve();
        });
      });
      const work = inLanes(open, mostAtOnce, async (content) => {
        if (over) return;
        const result = await scanOnce(tenantId, content, stored);
        verdicts.set(content.contentHash, result);
      });
      await Promise.race([work, patience]);
      cancel();
      return new Map(verdicts);
    },
  };
}
