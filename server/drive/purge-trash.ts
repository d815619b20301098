import { sql } from 'kysely';
import type { Database, Services } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { purged, purging } from '../content/destroyed.ts';
import { readContent } from './nodes.ts';

export { purged, purging };
/** Whether a node is destroyed for good, or about to be. */
export const isPurged = (node: { readonly trash_root_id: string | null }): boolean =>
  node.trash_root_id === purging || node.trash_root_id === purged;

/** How many nodes are destroyed at once: whoever waits for the database waits for these. */
const sliceNodes = 200;

/** Lets everything else have its turn. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Marks entries of a trash, with all that went there with them, for destruction; from now on nobody can bring them back. Returns how many entries.
 * What was deleted from one of these folders before it went to the trash is an entry of its own and stays.
 */
export async function markPurged(transaction: Database, tenantId: string, spaceId: string, rootIds: readonly string[]): Promise<number> {
  let entries = 0;
  for (const ids of listBatches(rootIds)) {
    const rows = await transaction
      .updateTable('nodes')
      .set({ trash_root_id: purging })
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', spaceId)
      .where('trash_root_id', 'in', ids)
      .returning('id')
      .execute();
    const roots = new Set(ids);
    entries += rows.filter(({ id }) => roots.has(id)).length;
  }
  return entries;
}

/** Destroys what is marked, slice by slice: contents, earlier versions, names. The bytes follow when the chunks are collected. */
export async function destroyMarked({ database }: Pick<Services, 'database'>, tenantId: string): Promise<void> {
  for (;;) {
    const some = await database
      .selectFrom('nodes')
      .select(['id', 'space_id'])
      .where('tenant_id', '=', tenantId)
      .where('trash_root_id', '=', purging)
      .limit(sliceNodes)
      .execute();
    if (some.length === 0) return;
    for (const [spaceId, nodes] of Map.groupBy(some, (node) => node.space_id)) {
      const ids = nodes.map(({ id }) => id);
      await database.transaction().execute((transaction) => destroyNodes(transaction, tenantId, spaceId, ids));
    }
    await pause();
  }
}

async function destroyNodes(transaction: Database, tenantId: string, spaceId: string, nodeIds: readonly string[]): Promise<void> {
  await lowerUsed(transaction, tenantId, spaceId, 0);
  let freed = 0;
  for (const ids of listBatches(nodeIds)) {
    const rows = await transaction
      .selectFrom('nodes')
      .select(['id', 'content'])
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids)
      .where('trash_root_id', '=', purging)
      .execute();
    const versions = await transaction
      .deleteFrom('versions')
      .where('tenant_id', '=', tenantId)
      .where('node_id', 'in', ids)
      .returning('content')
      .execute();
    for (const { content } of [...rows, ...versions]) freed += content === null ? 0 : readContent(content).sizeBytes;
    await transaction.deleteFrom('dav_properties').where('tenant_id', '=', tenantId).where('node_id', 'in', ids).execute();
    await transaction
      .updateTable('nodes')
      .set({ content: null, name: '', folded_name: sql<string>`'/' || id`, lock: null, trash_root_id: purged })
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids)
      .where('trash_root_id', '=', purging)
      .execute();
  }
  await lowerUsed(transaction, tenantId, spaceId, freed);
}

/** Counts bytes out of a space. Writing the row first of all makes whoever else changes the space wait. */
export async function lowerUsed(transaction: Database, tenantId: string, spaceId: string, bytes: number): Promise<void> {
  await transaction
    .updateTable('spaces')
    .set((update) => ({ used_bytes: update('used_bytes', '-', bytes) }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .execute();
}
