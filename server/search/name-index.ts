import { emptyHash } from '#shared/model/content.ts';
import { fileKindOf } from '#shared/model/file-kind.ts';
import { nameTokens } from '#shared/search/tokens.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { forgetContents } from './content-index.ts';
import { insertWithTokens, kindToken, monthToken, personToken, removeWithTokens, spaceToken } from './token-tables.ts';

/** How many nodes are indexed in one transaction: whoever else wants to write waits for these. */
const sliceNodes = 256;

/**
 * Brings the names of a space up to date in the index by the next slice of its changes: what is live is found from now on, and newer than all
 * that was there before; what went to the trash is not found any more. Returns whether that was all.
 *
 * The index follows the space's sequence, as clients do. So whatever changes nodes, in whatever way, comes to be found without knowing of searches,
 * and a batch of ten thousand new files waits for nothing.
 */
export async function indexNames(database: Database, tenantId: string, spaceId: string): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const place = { tenant_id: tenantId, space_id: spaceId };
    await transaction
      .insertInto('search_spaces')
      .values({ ...place, sequence: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Writing the row makes another server that does the same wait.
    const reached = await transaction
      .updateTable('search_spaces')
      .set(({ ref }) => ({ sequence: ref('sequence') }))
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', spaceId)
      .returning('sequence')
      .executeTakeFirstOrThrow();
    const space = transaction.selectFrom('spaces').select('sequence').where('tenant_id', '=', tenantId).where('id', '=', spaceId);
    const target = (await space.executeTakeFirst())?.sequence ?? 0;
    if (target <= reached.sequence) return true;
    const rows = await transaction
      .selectFrom('nodes')
      .select(['id', 'space_id', 'parent_id', 'kind', 'name', 'content', 'updated_at', 'updated_by', 'trashed_at', 'sequence'])
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', spaceId)
      .where('sequence', '>', reached.sequence)
      .where('sequence', '<=', target)
      .orderBy('sequence')
      .limit(sliceNodes)
      .execute();
    await replaceNodes(transaction, tenantId, rows);
    const isAll = rows.length < sliceNodes;
    await transaction
      .updateTable('search_spaces')
      .set({ sequence: isAll ? target : rows.at(-1)!.sequence })
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', spaceId)
      .execute();
    return isAll;
  });
}

interface ChangedNode {
  readonly id: string;
  readonly space_id: string;
  readonly parent_id: string | null;
  readonly kind: string;
  readonly name: string;
  readonly updated_at: number;
  readonly updated_by: string;
  readonly content: string | null;
  readonly trashed_at: number | null;
}

async function replaceNodes(transaction: Database, tenantId: string, nodes: readonly ChangedNode[]): Promise<void> {
  const former = await formerRows(
    transaction,
    tenantId,
    nodes.map(({ id }) => id),
  );
  await removeWithTokens(
    transaction,
    'search_nodes',
    [...former.values()].map(({ id }) => id),
  );
  const live = nodes.filter((node) => node.parent_id !== null && node.trashed_at === null);
  const rows = live.map((node) => {
    const hash = node.content === null ? null : contentHashOf(node.content);
    const before = former.get(node.id);
    const stays = before !== undefined && before.content_hash === hash && before.space_id === node.space_id;
    const waiting = hash === null ? 0 : stays ? before.waiting : 1;
    const kind = fileKindOf({ kind: node.kind as 'folder' | 'file', name: node.name });
    const asked = [spaceToken(node.space_id), kindToken(kind), personToken(node.updated_by), monthToken(node.updated_at)];
    const tokens = [...nameTokens(node.name), ...asked];
    return { values: { tenant_id: tenantId, node_id: node.id, space_id: node.space_id, content_hash: hash, waiting }, tokens };
  });
  await insertWithTokens(transaction, 'search_nodes', rows);
  if (former.size > 0) await forgetContents(transaction, tenantId, [...former.values()]);
}

interface FormerRow {
  readonly id: number;
  readonly node_id: string;
  readonly space_id: string;
  readonly content_hash: string | null;
  readonly waiting: number;
}

async function formerRows(transaction: Database, tenantId: string, nodeIds: readonly string[]): Promise<Map<string, FormerRow>> {
  const former = new Map<string, FormerRow>();
  for (const ids of listBatches(nodeIds)) {
    const query = transaction.selectFrom('search_nodes').select(['id', 'node_id', 'space_id', 'content_hash', 'waiting']);
    const rows = await query.where('tenant_id', '=', tenantId).where('node_id', 'in', ids).execute();
    for (const row of rows) former.set(row.node_id, row);
  }
  return former;
}

/** Nothing can be read out of nothing. */
function contentHashOf(content: string): string | null {
  const { contentHash } = JSON.parse(content) as { contentHash: string };
  return contentHash === emptyHash ? null : contentHash;
}
