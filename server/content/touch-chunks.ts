import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../context.ts';
import { prepared } from '../store/prepared.ts';
import { listBatches } from './batches.ts';

/**
 * Notes that chunks are wanted, within the transaction that refers to them: from here on the collection (collect.ts) lets them be until long after
 * its end. Throws `unavailable` where one went away since it was looked for: sent again, it is kept.
 */
export async function touchChunks(transaction: Database, tenantId: string, hashes: Iterable<string>, now: number): Promise<void> {
  // In one order everywhere, so that two who want the same chunks never wait for each other.
  for (const some of listBatches([...new Set(hashes)].toSorted())) {
    const touched = await prepared(
      transaction,
      `touch chunks ${some.length}`,
      (queries) =>
        queries
          .updateTable('chunks')
          .set({ touched_at: now })
          .where('tenant_id', '=', tenantId)
          .where('hash', 'in', some)
          .returning('hash'),
      [now, tenantId, ...some],
    );
    if (touched.length !== new Set(some).size) throw new AppError('unavailable', 'Some chunks went away meanwhile');
  }
}

/** How old a note may be before it is made anew for chunks that are merely asked for, in milliseconds. */
export const touchedMs = 43_200_000;

/** The same for chunks that somebody asks for: those that are found afterwards stay. Most were noted lately and cost no write. */
export async function touchStale(database: Database, tenantId: string, hashes: Iterable<string>, now: number): Promise<void> {
  for (const some of listBatches([...new Set(hashes)].toSorted())) {
    await database
      .updateTable('chunks')
      .set({ touched_at: now })
      .where('tenant_id', '=', tenantId)
      .where('hash', 'in', some)
      .where('touched_at', '<', now - touchedMs)
      .execute();
  }
}
