import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import { server } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { FromListingThread, ListingOperation, ListingThreadOptions, ToListingThread } from './listing-messages.ts';

const mostMegabytes = 768;
/** Shorter pages are made where the question came: a thread costs more than they take. */
const shortPage = 1_000;

export interface LongListings {
  /** The answer to a listing that may be long; null for every other operation and for short ones. Throws `unavailable` where the thread ended. */
  answer(operation: string, input: unknown, context: RequestContext): Promise<Response | null>;
  close(): Promise<void>;
}

/** Listings that no other request waits for: they are made in a thread of their own, which is started with the first one. */
export function longListings({ place, database, log }: Pick<Services, 'place' | 'database' | 'log'>): LongListings {
  const open = new Map<number, { readonly resolve: (reply: FromListingThread) => void; readonly reject: (error: Error) => void }>();
  let worker: Worker | null = null;
  let last = 0;
  let closed = false;

  const lost = (which: Worker, cause: unknown): void => {
    if (worker !== which) return;
    worker = null;
    if (!closed) log.error({ error: cause }, 'The thread of listings ended');
    for (const { reject } of open.values()) reject(new AppError('unavailable', 'The listing was broken off', { cause }));
    open.clear();
  };
  const start = (): Worker => {
    const workerData: ListingThreadOptions = { place };
    const resourceLimits = { maxOldGenerationSizeMb: mostMegabytes };
    const started = new Worker(new URL('listing-worker.ts', import.meta.url), { workerData, execArgv: [], resourceLimits });
    started.unref();
    started.on('message', (reply: FromListingThread) => {
      const waiting = open.get(reply.id);
      open.delete(reply.id);
      waiting?.resolve(reply);
    });
    started.on('error', (error) => lost(started, error));
    started.on('exit', (code) => lost(started, `exit ${code}`));
    return started;
  };
  const ask = (asked: Omit<ToListingThread, 'id'>): Promise<FromListingThread> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new AppError('unavailable', 'The server is stopping'));
      worker ??= start();
      const id = (last += 1);
      open.set(id, { resolve, reject });
      worker.postMessage({ id, ...asked } satisfies ToListingThread);
    });

  return {
    answer: async (operation, raw, { tenantId, member }) => {
      if (!isListing(operation)) return null;
      const parsed = server[operation].input.safeParse(raw);
      // What is wrong with it is said where every input is parsed.
      if (!parsed.success || (parsed.data.limit ?? Number.POSITIVE_INFINITY) <= shortPage) return null;
      const { status, body, cause } = await ask({ operation, reader: { tenantId, memberId: member.id }, input: parsed.data });
      if (cause !== undefined) log.error({ error: cause, operation }, 'An operation failed');
      // The thread may have seen a commit that is not on the disk yet: nobody hears of it before (sqlite-driver.ts).
      await sql`SELECT 1`.execute(database);
      return new Response(body as Uint8Array<ArrayBuffer>, {
        status,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      });
    },
    close: async () => {
      closed = true;
      const ending = worker;
      await ending?.terminate();
      if (ending !== null) lost(ending, 'closed');
    },
  };
}

const isListing = (operation: string): operation is ListingOperation => operation === 'drive.children' || operation === 'drive.changes';
