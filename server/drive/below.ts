import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { accessOf } from '../content/node-access.ts';
import { restrictedAmong } from '../content/scopes.ts';
import type { Reader } from '../content/space-access.ts';
import type { NodeRow } from './nodes.ts';

/**
 * What is live in some folders, level by level: the nodes given, then what lies in them, and so on. Folders that are closed to the reader are left
 * out, and with them all that is below. The nodes given are the caller's to have checked.
 */
export async function* levelsBelow(database: Database, reader: Reader, roots: readonly NodeRow[]): AsyncGenerator<NodeRow[]> {
  for (let level = [...roots]; level.length > 0;) {
    yield level;
    const found: NodeRow[] = [];
    const folders = level.flatMap((row) => (row.kind === 'folder' ? [row.id] : []));
    for (const ids of listBatches(folders)) {
      const children = await database
        .selectFrom('nodes')
        .selectAll()
        .where('tenant_id', '=', reader.tenantId)
        .where('parent_id', 'in', ids)
        .where('trashed_at', 'is', null)
        .execute();
      found.push(...children);
    }
    level = await withoutClosed(database, reader, found);
  }
}

async function withoutClosed(database: Database, reader: Reader, rows: NodeRow[]): Promise<NodeRow[]> {
  const folders = rows.filter(({ kind }) => kind === 'folder');
  const restricted = await restrictedAmong(
    database,
    reader.tenantId,
    folders.map(({ id }) => id),
  );
  const doubtful = folders.filter(({ id }) => restricted.has(id));
  const open = await accessOf(database, reader, doubtful);
  return rows.filter(({ id }) => !restricted.has(id) || open.has(id));
}
