import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Database } from '../context.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { listBatches } from '../content/batches.ts';
import type { Reader } from '../content/space-access.ts';
import type { NodeRow } from './nodes.ts';
import { shownNodes } from './shown.ts';

/** Nodes as they stand outside of their folders, each with where the reader finds it; in the given order, without what they may not see. */
export async function placedNodes(database: Database, reader: Reader, rows: readonly NodeRow[]): Promise<PlacedNode[]> {
  const shown = await shownNodes(database, reader, rows);
  const seen = rows.filter(({ id }) => shown.has(id));
  const known = await ancestry(
    database,
    reader.tenantId,
    seen.map(({ id }) => id),
  );
  const spaceNames = await namesOf(
    database,
    reader.tenantId,
    seen.map((row) => row.space_id),
  );
  return seen.map((row) => {
    const node = shown.get(row.id)!;
    const way = wayUp(row.id, known);
    const end = way.findIndex(({ id }) => id === node.spaceId);
    // The space's root is left out, or the folder that was shared with the reader: its name is that of the space.
    const above = way.slice(1, end < 0 ? -1 : Math.max(end, 1)).toReversed();
    const spaceName = end < 0 ? spaceNames.get(row.space_id)! : way[end]!.name;
    return { node, place: { spaceId: node.spaceId, spaceName, names: above.map(({ name }) => name) } };
  });
}

async function namesOf(database: Database, tenantId: string, spaceIds: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const ids of listBatches([...new Set(spaceIds)])) {
    const query = database.selectFrom('spaces').select(['id', 'name']).where('tenant_id', '=', tenantId).where('id', 'in', ids);
    for (const row of await query.execute()) names.set(row.id, row.name);
  }
  return names;
}
