import type { Mutation } from '#shared/model/drive.ts';
import type { Bytes } from '../content/stored-content.ts';
import { listBatches } from '../content/batches.ts';
import type { Database } from '../context.ts';
import { readContent } from './nodes.ts';

/**
 * Contents that mutations put under a name: those they bring and, where somebody looks into bytes, those of files that get another name, and earlier
 * versions that come back.
 */
export async function contentsNamed(
  database: Database,
  tenantId: string,
  spaceId: string,
  mutations: readonly Mutation[],
  looksInto: boolean,
): Promise<Bytes[]> {
  const contents: Bytes[] = mutations.flatMap((mutation) => ('content' in mutation ? [mutation.content] : []));
  if (!looksInto) return contents;
  const renamed = mutations.flatMap((mutation) => (mutation.kind === 'move' ? [mutation.nodeId] : []));
  for (const ids of listBatches(renamed)) {
    const rows = await database
      .selectFrom('nodes')
      .select('content')
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', spaceId)
      .where('id', 'in', ids)
      .where('content', 'is not', null)
      .execute();
    for (const row of rows) contents.push(readContent(row.content!));
  }
  for (const mutation of mutations) {
    if (mutation.kind !== 'restore_version') continue;
    const row = await database
      .selectFrom('versions')
      .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'versions.tenant_id').onRef('nodes.id', '=', 'versions.node_id'))
      .select('versions.content')
      .where('versions.tenant_id', '=', tenantId)
      .where('versions.node_id', '=', mutation.nodeId)
      .where('versions.version', '=', mutation.version)
      .where('nodes.space_id', '=', spaceId)
      .executeTakeFirst();
    if (row !== undefined) contents.push(readContent(row.content));
  }
  return contents;
}
