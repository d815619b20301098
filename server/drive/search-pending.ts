import type { Database } from '../context.ts';
import { accessOf, type Placed } from '../content/node-access.ts';
import { listBatches } from '../content/batches.ts';
import type { Reader } from '../content/space-access.ts';
import { isWaiting } from '../search/read-contents.ts';

/** More are not counted. */
const mostCounted = 100;

/** How many files that the reader may see were not read yet: what they look for may be in them. */
export async function waitingContents(database: Database, reader: Reader, spaceIds: readonly string[]): Promise<number> {
  let count = 0;
  for (const ids of listBatches(spaceIds)) {
    const query = database
      .selectFrom('search_nodes')
      .select('node_id')
      .where('tenant_id', '=', reader.tenantId)
      .where('space_id', 'in', ids);
    const waiting = await query.where(isWaiting).limit(mostCounted).execute();
    const rows = await liveNodes(
      database,
      reader.tenantId,
      waiting.map((row) => row.node_id),
    );
    count += (await accessOf(database, reader, rows)).size;
    if (count >= mostCounted) return mostCounted;
  }
  return count;
}

async function liveNodes(database: Database, tenantId: string, nodeIds: readonly string[]): Promise<Placed[]> {
  const live: Placed[] = [];
  for (const ids of listBatches(nodeIds)) {
    const query = database.selectFrom('nodes').select(['id', 'space_id', 'parent_id']).where('tenant_id', '=', tenantId);
    live.push(...(await query.where('id', 'in', ids).where('trashed_at', 'is', null).execute()));
  }
  return live;
}
