import type { OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { accessOf } from '../content/node-access.ts';
import type { Reader } from '../content/space-access.ts';
import { levelsBelow } from './below.ts';
import { readContent, type NodeRow } from './nodes.ts';

/** How much files and folders hold with all that is in them, as far as the reader may see it. What lies in another one is counted once. */
export async function measure(
  database: Database,
  reader: Reader,
  nodeIds: readonly string[],
): Promise<OutputOf<ServerContract, 'drive.measure'>> {
  const asked: NodeRow[] = [];
  for (const ids of listBatches([...new Set(nodeIds)])) {
    const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', reader.tenantId);
    asked.push(...(await query.where('id', 'in', ids).where('trashed_at', 'is', null).execute()));
  }
  const seen = await accessOf(database, reader, asked);
  const sizes = { files: 0, folders: 0, sizeBytes: 0, versionBytes: 0 };
  const counted = new Set<string>();
  const roots = asked.filter(({ id }) => seen.has(id));
  for await (const level of levelsBelow(database, reader, roots)) {
    const fresh = level.filter(({ id }) => !counted.has(id));
    for (const row of fresh) {
      counted.add(row.id);
      if (row.content === null) sizes.folders += 1;
      else {
        sizes.files += 1;
        sizes.sizeBytes += readContent(row.content).sizeBytes;
      }
    }
    sizes.versionBytes += await versionBytes(
      database,
      reader.tenantId,
      fresh.flatMap((row) => (row.version > 1 ? [row.id] : [])),
    );
  }
  return sizes;
}

/** What earlier versions of some files hold, in bytes. */
export async function versionBytes(database: Database, tenantId: string, fileIds: readonly string[]): Promise<number> {
  let sum = 0;
  for (const ids of listBatches(fileIds)) {
    // The last id of a piece may stand there more than once; a row is found once all the same.
    const query = database.selectFrom('versions').select('content').where('tenant_id', '=', tenantId).where('node_id', 'in', ids);
    for (const { content } of await query.execute()) sum += readContent(content).sizeBytes;
  }
  return sum;
}
