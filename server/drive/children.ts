import { AppError } from '#shared/base/errors.ts';
import type { Node } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { Database } from '../context.ts';
import { ancestry } from '../content/ancestry.ts';
import type { NodeAccess } from '../content/node-access.ts';
import { restrictedAmong } from '../content/scopes.ts';
import type { Reader } from '../content/space-access.ts';
import { readableNode, wayWithin } from './browse.ts';
import type { NodeRow, ShownRow } from './nodes.ts';
import { nodeText } from './node-text.ts';
import { asSeen, seenAmong, shownNodes, type Seen } from './shown.ts';

/** Folders stand before files. */
const kinds = ['folder', 'file'] as const;

interface About {
  readonly path: { id: string; name: string }[];
  /** Where the next page begins; null after the last one. */
  readonly after: string | null;
  readonly total: number;
}
interface Children extends About {
  readonly folder: Node;
  readonly nodes: Node[];
}
/** The same as it lies in the database. */
export interface ChildPage extends About {
  readonly folder: NodeRow;
  /** Those that the reader may see. */
  readonly rows: readonly ShownRow[];
  readonly seen: Seen;
}
/** Which part of a folder is asked for. */
export interface AskedChildren {
  readonly folderId: string;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/**
 * A live folder with what lies in it, folders first and by name, and the way to it from the space's root, both ends included. With `limit` a page
 * of it, after what the page before gave. What the reader may not see is neither listed nor counted, so a page may have fewer. Throws `not_found`.
 */
export async function childrenOf(database: Database, reader: Reader, asked: AskedChildren): Promise<Children> {
  const { folder, rows, seen, ...about } = await childPage(database, reader, asked);
  const shown = (row: ShownRow): Node => asSeen(row, seen.access.get(row.id)!, seen.restricted.has(row.id));
  return { folder: shown(folder), ...about, nodes: rows.map(shown) };
}

/** The answer of `childrenOf` as JSON. */
export function childrenText({ folder, rows, seen, path, after, total }: ChildPage): string {
  const shown = (row: ShownRow): string => nodeText(row, seen.access.get(row.id)!, seen.restricted.has(row.id));
  const nodes = rows.map(shown).join();
  return `{"folder":${shown(folder)},"path":${JSON.stringify(path)},"nodes":[${nodes}],"after":${JSON.stringify(after)},"total":${total}}`;
}

/** What `childrenOf` tells, before it is put into words. Throws `not_found`. */
export async function childPage(
  database: Database,
  reader: Reader,
  { folderId, after, limit }: AskedChildren,
  counts: FolderCounts = new Map(),
): Promise<ChildPage> {
  const { row: folder, access } = await readableNode(database, reader, folderId);
  if (folder.kind !== 'folder' || folder.trashed_at !== null) throw new AppError('not_found', 'No such folder');
  const rows = await rowsAfter(database, folder, after, limit);
  const page = limit === undefined ? rows : rows.slice(0, limit);
  const known = await ancestry(database, reader.tenantId, [folder.id]);
  const path = wayWithin(access.viewId, folder.id, known).map(({ id, name }) => ({ id, name }));
  const seen = await seenAmong(database, reader, [folder, ...page]);
  const visible = page.filter(({ id }) => seen.access.has(id));
  const total = limit === undefined ? visible.length : await countOf(database, reader, folder, access, counts);
  return { folder, path, rows: visible, seen, after: rows.length > page.length ? token(page.at(-1)!) : null, total };
}

const token = ({ kind, name }: ShownRow): string => `${kind}/${foldedName(name)}`;

/** What is read of each entry: what all of a folder's entries have in common is known from the folder. */
const ownColumns = ['id', 'name', 'revision', 'version', 'content', 'updated_at', 'updated_by', 'sequence', 'lock'] as const;

/** How many entries folders hold, counted when their space was at a sequence: for whoever makes page after page of one. */
export type FolderCounts = Map<string, { readonly sequence: number; readonly count: number }>;
const mostCounts = 1_000;

/** One row more than the limit, where there is one. */
async function rowsAfter(database: Database, folder: NodeRow, after: string | undefined, limit: number | undefined): Promise<ShownRow[]> {
  const match = /^(folder|file)\/(.*)$/s.exec(after ?? '');
  if (after !== undefined && match === null) throw new AppError('invalid', 'Not a place that this server gave');
  let rows: ShownRow[] = [];
  // Each kind by itself, so that every page is one stretch of the index.
  for (const kind of kinds.slice(match?.[1] === 'file' ? 1 : 0)) {
    let query = database
      .selectFrom('nodes')
      .select(ownColumns)
      .where('tenant_id', '=', folder.tenant_id)
      .where('parent_id', '=', folder.id)
      .where('kind', '=', kind)
      .where('trashed_at', 'is', null);
    if (match?.[1] === kind) query = query.where('folded_name', '>', match[2]!);
    if (limit !== undefined) query = query.limit(limit + 1 - rows.length);
    const found = await query.orderBy('folded_name').execute();
    rows = rows.concat(
      found.map(({ id, name, revision, version, content, updated_at, updated_by, sequence, lock }) => ({
        id,
        space_id: folder.space_id,
        parent_id: folder.id,
        name,
        kind,
        revision,
        version,
        content,
        updated_at,
        updated_by,
        trashed_at: null,
        sequence,
        lock,
      })),
    );
    if (limit !== undefined && rows.length > limit) break;
  }
  return rows;
}

/** How many of a folder's entries the reader may see: only folders that say by themselves who may do what can be hidden from them. */
async function countOf(database: Database, reader: Reader, folder: NodeRow, access: NodeAccess, counts: FolderCounts): Promise<number> {
  const inside = database
    .selectFrom('nodes')
    .where('tenant_id', '=', folder.tenant_id)
    .where('parent_id', '=', folder.id)
    .where('trashed_at', 'is', null);
  const { sequence } = await database
    .selectFrom('spaces')
    .select('sequence')
    .where('tenant_id', '=', folder.tenant_id)
    .where('id', '=', folder.space_id)
    .executeTakeFirstOrThrow();
  const key = `${folder.tenant_id} ${folder.id}`;
  let known = counts.get(key);
  if (known?.sequence !== sequence) {
    const { count } = await inside.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
    known = { sequence, count };
    counts.delete(key);
    if (counts.size >= mostCounts) counts.delete(counts.keys().next().value!);
    counts.set(key, known);
  }
  const { count } = known;
  if (!access.hasRules) return count;
  const folders = await inside.selectAll().where('kind', '=', 'folder').execute();
  const restricted = await restrictedAmong(
    database,
    reader.tenantId,
    folders.map(({ id }) => id),
  );
  const doubtful = folders.filter(({ id }) => restricted.has(id));
  return count - doubtful.length + (await shownNodes(database, reader, doubtful)).size;
}
