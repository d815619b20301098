import { AppError } from '#shared/base/errors.ts';
import type { Cursor, Node } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import type { NodeAccess } from '../content/node-access.ts';
import type { Reader } from '../content/space-access.ts';
import type { NodeRow, SpaceRow } from './nodes.ts';
import { nodeText } from './node-text.ts';
import { asSeen, gone, seenAmong, type Seen } from './shown.ts';
import type { View } from './view.ts';

/** Where the next page begins. A listing leaves out what was trashed before it began; what is trashed meanwhile it must tell. */
interface Position {
  readonly epoch: string;
  readonly mode: 'changes' | 'listing' | 'reset';
  /** The space's sequence when the first page was made. */
  readonly start: number;
  readonly sequence: number;
}

interface About {
  readonly cursor: Cursor;
  readonly after?: string;
  readonly complete: boolean;
  readonly reset: boolean;
}
interface Changes extends About {
  readonly nodes: Node[];
}
/** The same as it lies in the database. */
export interface ChangePage {
  readonly about: About;
  readonly rows: readonly NodeRow[];
  readonly seen: Seen;
  /** As what the reader sees the space, and from which sequence on they are told what they cannot see any more. */
  readonly viewId: string;
  readonly start: number;
}
/** What is asked of the feed. */
export interface AskedChanges {
  readonly cursor: Cursor | null;
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * Full node states after a cursor, in the order of the space's sequence, except that a parent always comes before what lies in it: where a parent
 * changed later than its child it comes along, and once more in its own turn. Every page reads what is true at that moment, so nothing that changes
 * between two pages is missed. Of what the reader may not see nothing is told, except that it is gone where they could see it at their cursor.
 * Call it in a transaction that sees one state of the database.
 */
export async function changesOf(database: Database, reader: Reader, view: View, asked: AskedChanges): Promise<Changes> {
  const page = await changePage(database, reader, view, asked);
  return {
    nodes: told(
      page,
      (row, access, isRestricted) => asSeen(row, access, isRestricted),
      (node) => node,
    ),
    ...page.about,
  };
}

/** The answer of `changesOf` as JSON. */
export const changesText = (page: ChangePage): string =>
  `{"nodes":[${told(page, nodeText, (node) => JSON.stringify(node)).join()}],${JSON.stringify(page.about).slice(1)}`;

/** The rows of a page as its reader is told of them. */
function told<T>(
  { rows, seen, viewId, start }: ChangePage,
  show: (row: NodeRow, access: NodeAccess, isRestricted: boolean) => T,
  tellGone: (node: Node) => T,
): T[] {
  return rows.flatMap((row) => {
    const access = seen.access.get(row.id);
    if (access?.viewId === viewId) return [show(row, access, seen.restricted.has(row.id))];
    return row.access_sequence !== null && row.access_sequence > start ? [tellGone(gone(row, viewId))] : [];
  });
}

/** What `changesOf` tells, before it is put into words. */
export async function changePage(database: Database, reader: Reader, view: View, asked: AskedChanges): Promise<ChangePage> {
  const { space } = view;
  const position = positionOf(space, asked);
  const found = await rowsAfter(database, space, position, asked.limit + 1);
  const complete = found.length <= asked.limit;
  const rows = complete ? found : found.slice(0, asked.limit);
  const reached = complete ? space.sequence : rows.at(-1)!.sequence;
  const ordered = parentsFirst([...(await laterParents(database, space, rows, reached)), ...rows]);
  const about = {
    cursor: { epoch: space.epoch, sequence: reached },
    ...(complete ? {} : { after: token({ ...position, sequence: reached }) }),
    complete,
    reset: position.mode === 'reset',
  };
  return { about, rows: ordered, seen: await seenAmong(database, reader, ordered), viewId: view.id, start: position.start };
}

const token = ({ epoch, mode, start, sequence }: Position): string => `${mode}.${start}.${sequence}.${epoch}`;

function positionOf(space: SpaceRow, { cursor, after }: { cursor: Cursor | null; after?: string | undefined }): Position {
  const reset: Position = { epoch: space.epoch, mode: 'reset', start: space.sequence, sequence: 0 };
  if (after !== undefined) {
    const match = /^(changes|listing|reset)\.(\d{1,15})\.(\d{1,15})\.(.+)$/.exec(after);
    if (match === null) throw new AppError('invalid', 'Not a place that this server gave');
    const [, mode, start, sequence, epoch] = match;
    if (epoch !== space.epoch || Number(sequence) > space.sequence) return reset;
    return { epoch, mode: mode as Position['mode'], start: Number(start), sequence: Number(sequence) };
  }
  if (cursor === null) return { ...reset, mode: 'listing' };
  // Another epoch, or a cursor from a future that this server never had: it was restored from a backup.
  if (cursor.epoch !== space.epoch || cursor.sequence > space.sequence) return reset;
  return { epoch: space.epoch, mode: 'changes', start: cursor.sequence, sequence: cursor.sequence };
}

async function rowsAfter(database: Database, space: SpaceRow, { mode, start, sequence }: Position, limit: number): Promise<NodeRow[]> {
  let query = database
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', space.tenant_id)
    .where('space_id', '=', space.id)
    .where('sequence', '>', sequence);
  if (mode !== 'changes') query = query.where((where) => where.or([where('trashed_at', 'is', null), where('sequence', '>', start)]));
  return query.orderBy('sequence').limit(limit).execute();
}

/** Ancestors of live rows that would only come on a later page. */
async function laterParents(database: Database, space: SpaceRow, rows: readonly NodeRow[], reached: number): Promise<NodeRow[]> {
  const have = new Set(rows.map(({ id }) => id));
  const later: NodeRow[] = [];
  for (let level: readonly NodeRow[] = rows; level.length > 0;) {
    const wanted = new Set(
      level.flatMap((row) => (row.trashed_at === null && row.parent_id !== null && !have.has(row.parent_id) ? [row.parent_id] : [])),
    );
    const found: NodeRow[] = [];
    for (const ids of listBatches([...wanted])) {
      found.push(
        ...(await database
          .selectFrom('nodes')
          .selectAll()
          .where('tenant_id', '=', space.tenant_id)
          .where('id', 'in', ids)
          .where('sequence', '>', reached)
          .execute()),
      );
    }
    for (const id of wanted) have.add(id);
    later.push(...found);
    level = found;
  }
  return later;
}

/** By sequence, but each node after its parent. */
function parentsFirst(rows: readonly NodeRow[]): NodeRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = new Set<NodeRow>();
  for (const row of rows.toSorted((a, b) => a.sequence - b.sequence)) {
    const way: NodeRow[] = [];
    for (let at: NodeRow | undefined = row; at !== undefined && !ordered.has(at); at = byId.get(at.parent_id ?? '')) way.push(at);
    for (const step of way.toReversed()) ordered.add(step);
  }
  return [...ordered];
}
