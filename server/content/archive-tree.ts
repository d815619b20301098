import { AppError } from '#shared/base/errors.ts';
import type { Database, RequestContext } from '../context.ts';
import { nodeAccess } from './access.ts';
import { archiveName, uniqueNames } from './archive-names.ts';
import { listBatches } from './batches.ts';

/** The most files and folders in one archive. */
const mostArchived = 20_000;

/** A file or folder on its way into an archive. */
export interface ArchiveEntry {
  readonly id: string;
  readonly kind: 'file' | 'folder';
  /** As in the drive, for the rules on files. */
  readonly name: string;
  /** Within the archive, with slashes. */
  readonly path: string;
  readonly updatedAt: number;
}

interface Row {
  readonly id: string;
  readonly parent_id: string | null;
  readonly kind: string;
  readonly name: string;
  readonly updated_at: number;
}

/**
 * What the asker may see of some nodes and all that is live below them, each folder before what is in it, folders first and by name, and what the
 * archive is called. Throws `not_found` where one of the nodes is not there for them, `too_large` beyond `mostArchived`.
 */
export async function archiveTree(
  database: Database,
  { tenantId, member }: RequestContext,
  nodeIds: readonly string[],
): Promise<{ readonly name: string; readonly entries: ArchiveEntry[] }> {
  const reader = { tenantId, memberId: member.id };
  const tops = await visible(database, reader, await rowsOf(database, tenantId, 'id', nodeIds));
  if (tops.length < new Set(nodeIds).size) throw new AppError('not_found', 'No such file or folder');
  const below = new Map<string, Row[]>();
  let count = tops.length;
  for (let level = tops; level.length > 0;) {
    const folders = level.filter(({ kind }) => kind === 'folder').map(({ id }) => id);
    level = await visible(database, reader, await rowsOf(database, tenantId, 'parent_id', folders));
    count += level.length;
    if (count > mostArchived) throw new AppError('too_large', `An archive holds at most ${mostArchived} files and folders`);
    for (const row of level) below.set(row.parent_id!, [...(below.get(row.parent_id!) ?? []), row]);
  }
  const entries: ArchiveEntry[] = [];
  // A stack of our own: folders may lie deeper than calls.
  const waiting: { readonly row: Row; readonly path: string }[] = [];
  const add = (rows: readonly Row[], folder: string): void => {
    const unique = uniqueNames();
    const named = inOrder(rows).map((row) => ({ row, path: `${folder}${unique(archiveName(row.name))}` }));
    waiting.push(...named.toReversed());
  };
  add(tops, '');
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id, name, kind, updated_at: updatedAt } = next.row;
    entries.push({ id, name, kind: kind as ArchiveEntry['kind'], path: next.path, updatedAt });
    add(below.get(id) ?? [], `${next.path}/`);
  }
  return { name: await nameOf(database, reader, tops), entries };
}

/** By name as it is folded, then by id: the same nodes make the same archive. */
const inOrder = (rows: readonly Row[]): Row[] =>
  rows.toSorted(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1),
  );

/** One file or folder gives its name; several that lie together that of their folder. */
async function nameOf(database: Database, reader: { tenantId: string; memberId: string }, tops: readonly Row[]): Promise<string> {
  const [first] = tops;
  if (tops.length === 1 && first !== undefined) return first.name;
  const parents = [...new Set(tops.map((row) => row.parent_id))];
  const [parent] = parents;
  if (parents.length > 1 || parent === undefined || parent === null) return 'Drive';
  const [folder] = await visible(database, reader, await rowsOf(database, reader.tenantId, 'id', [parent]));
  return folder?.name ?? 'Drive';
}

async function rowsOf(database: Database, tenantId: string, by: 'id' | 'parent_id', ids: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of listBatches([...new Set(ids)])) {
    rows.push(
      ...(await database
        .selectFrom('nodes')
        .select(['id', 'parent_id', 'kind', 'name', 'updated_at'])
        .where('tenant_id', '=', tenantId)
        .where(by, 'in', some)
        .where('trashed_at', 'is', null)
        .limit(mostArchived + 1)
        .execute()),
    );
  }
  return rows;
}

async function visible(database: Database, reader: { tenantId: string; memberId: string }, rows: readonly Row[]): Promise<Row[]> {
  const access = await nodeAccess(
    database,
    reader,
    rows.map(({ id }) => id),
  );
  return rows.filter(({ id }) => access.has(id));
}
