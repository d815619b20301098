import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';

/** Spaces whose names are not all in the index, with their tenants. */
export const spacesBehind = (database: Database) =>
  database
    .selectFrom('spaces')
    .leftJoin('search_spaces', (join) =>
      join.onRef('search_spaces.tenant_id', '=', 'spaces.tenant_id').onRef('search_spaces.space_id', '=', 'spaces.id'),
    )
    .select(['spaces.tenant_id', 'spaces.id'])
    .where(({ or, eb, ref }) => or([eb('search_spaces.sequence', 'is', null), eb('spaces.sequence', '>', ref('search_spaces.sequence'))]));

/** Of these spaces, those whose names are not all in the index. */
export async function behindAmong(database: Database, tenantId: string, spaceIds: Iterable<string>): Promise<string[]> {
  const behind: string[] = [];
  for (const ids of listBatches([...new Set(spaceIds)])) {
    const rows = await spacesBehind(database).where('spaces.tenant_id', '=', tenantId).where('spaces.id', 'in', ids).execute();
    behind.push(...rows.map(({ id }) => id));
  }
  return behind;
}
