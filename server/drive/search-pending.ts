import type { Database } from '../context.ts';
import { accessOf } from '../content/node-access.ts';
import { listBatches } from '../content/batches.ts';
import type { Reader } from '../content/space-access.ts';
import { isWaiting } from '../search/read-contents.ts';

/** More are not counted. */
const mostCounted = 100;

/** How many files that the reader may see were not read yet: what they look for may be in them. */
export async function waitingContents(database: Database, reader: Reader, spaceIds: readonly string[]): Promise<number> {
  let count = 0;
  for (const ids of listBatches(spaceIds)) {
    const rows = await database
      .selectFrom('search_nodes')
      .innerJoin('nodes', (join) =>
        join.onRef('nodes.tenant_id', '=', 'search_nodes.tenant_id').onRef('nodes.id', '=', 'search_nodes.node_id'),
      )
      .select(['nodes.id', 'nodes.space_id', 'nodes.parent_id'])
      .where('search_nodes.tenant_id', '=', reader.tenantId)
      .where('search_nodes.space_id', 'in', ids)
      .where(isWaiting)
      .where('nodes.trashed_at', 'is', null)
      .limit(mostCounted)
      .execute();
    count += (await accessOf(database, reader, rows)).size;
    if (count >= mostCounted) return mostCounted;
  }
  return count;
}
