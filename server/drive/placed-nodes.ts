import type { Place, PlacedNode } from '#shared/contract/drive.ts';
import { nodeAccess, type Reader } from '../content/access.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { listBatches } from '../content/batches.ts';
import type { Database } from '../context.ts';
import { toNode, type NodeRow } from './nodes.ts';

/**
 * Live files and folders with where they lie, by id, as one member sees them: below a folder of somebody else's my drive that was shared with
 * them, from that folder on. What they may not see (any more) is absent.
 */
export async function placedNodes(database: Database, reader: Reader, nodeIds: Iterable<string>): Promise<Map<string, PlacedNode>> {
  const { tenantId } = reader;
  const ids = [...new Set(nodeIds)];
  const access = await nodeAccess(database, reader, ids);
  const rows: NodeRow[] = [];
  for (const some of listBatches([...access.keys()])) {
    const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', some);
    rows.push(...(await query.where('trashed_at', 'is', null).execute()));
  }
  const known = await ancestry(
    database,
    tenantId,
    rows.map(({ id }) => id),
  );
  const names = await spaceNames(
    database,
    tenantId,
    rows.map((row) => row.space_id),
  );
  const placed = new Map<string, PlacedNode>();
  for (const row of rows) {
    const { viewId, viewPermission, permission } = access.get(row.id)!;
    const isView = viewId !== row.space_id;
    const above = wayUp(row.parent_id ?? '', known).toReversed();
    const start = isView ? above.findIndex(({ id }) => id === viewId) : 0;
    const place: Place = {
      spaceId: viewId,
      spaceName: isView ? (known.get(viewId)?.name ?? row.name) : (names.get(row.space_id) ?? ''),
      names: start < 0 ? [] : above.slice(start + 1).map(({ name }) => name),
    };
    const node = { ...toNode(row), spaceId: viewId, ...(permission === viewPermission ? {} : { permission }) };
    placed.set(row.id, { node, place });
  }
  return placed;
}

async function spaceNames(database: Database, tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const some of listBatches([...new Set(ids)])) {
    const query = database.selectFrom('spaces').select(['id', 'name']).where('tenant_id', '=', tenantId).where('id', 'in', some);
    for (const row of await query.execute()) names.set(row.id, row.name);
  }
  return names;
}
