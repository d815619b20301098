import type { Database } from '../store/database.ts';
import { checksum, decodeNode, encodeNode, flag, foldOf, idCell, type NodeCells, type NodeRows } from './node-codec.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { tokenHash } from '#shared/sync/tree.ts';
import { sameRow, type LocalRow, type RemoteRow, type SyncedRow } from './rows.ts';

export interface RowTypes {
  readonly remote: RemoteRow;
  readonly local: LocalRow;
  readonly synced: SyncedRow;
}
export type TreeName = keyof RowTypes;

/** A node as it is kept in memory for a while. */
interface Entry {
  readonly id: string;
  readonly rows: NodeRows;
  /** Null while it has no row. */
  key: number | null;
  changed: boolean;
  quiet: boolean;
  /** As it stands in the database: what tells whether its place has changed. */
  place: PlaceCells | null;
}

/** A node with its id. */
export interface KnownNode {
  readonly id: string;
  readonly rows: Readonly<NodeRows>;
}

/** How many rows each tree has, and of how many files what size both sides agree on. */
export interface NodeCounts {
  readonly remote: number;
  readonly local: number;
  readonly synced: number;
  readonly syncedFiles: number;
  /** Bytes that those files take on this disk. */
  readonly syncedBytes: number;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Cell = Buffer | string | null;
type PlaceCells = readonly [parent: Cell, name: string, localParent: Cell, syncedParent: Cell];
type MoveCells = [parent: Cell, fold: number, name: string, localParent: Cell, syncedParent: Cell, key: number];
type UpdateCells = [flags: number, identity: number, content: number, size: number, body: Buffer, extra: string | null, key: number];

const columns = 'id, flags, parent, fold, name, l_parent, s_parent, identity, content, size, body, extra';
/** Nodes kept in memory besides those with changes, and changes kept before they are written. */
const mostClean = 2_000;
const mostChanged = 2_000;
const pageRows = 256;

/**
 * The nodes of the three trees, in the database; what was read or changed lately is in memory. Changes are written into one open transaction, so
 * that all since the last `commit` are written or, after a crash, none; whoever reads sees them at once.
 */
export class NodeTable {
  readonly #database: Database;
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<Entry>();
  readonly #one;
  readonly #insert;
  readonly #move;
  readonly #update;
  readonly #remove;
  #counts: Mutable<NodeCounts> | null = null;
  /** Rows written since the start: at rest this stands still (E1). */
  written = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#one = database.prepare<[string | Buffer], [number, ...NodeCells]>(`SELECT key, ${columns} FROM nodes WHERE id = ?`).raw();
    this.#insert = database.prepare<NodeCells>(`INSERT INTO nodes (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#move = database.prepare<MoveCells>('UPDATE nodes SET parent = ?, fold = ?, name = ?, l_parent = ?, s_parent = ? WHERE key = ?');
    this.#update = database.prepare<UpdateCells>(
      'UPDATE nodes SET flags = ?, identity = ?, content = ?, size = ?, body = ?, extra = ? WHERE key = ?',
    );
    this.#remove = database.prepare<[number]>('DELETE FROM nodes WHERE key = ?');
  }

  /** The rows of a node; none where it is not known. */
  get(id: string): Readonly<NodeRows> {
    return this.#entry(id).rows;
  }

  /** Sets or, with undefined, takes away what one tree says of a node. What is the same already is not written again. */
  put<T extends TreeName>(tree: T, id: string, row: RowTypes[T] | undefined): void {
    const entry = this.#entry(id);
    const { rows } = entry;
    if (sameRow(rows[tree], row)) return;
    this.#count(rows, -1);
    rows[tree] = row as NodeRows[T];
    this.#count(rows, 1);
    this.#change(entry, false);
  }

  /** Of these nodes nothing is to be decided until something about them, or about a folder above them, changes. */
  quieten(ids: Iterable<string>): void {
    for (const id of ids) this.#change(this.#entry(id), true);
  }
  /** Takes that back where it was said. */
  wake(id: string): void {
    const entry = this.#entry(id);
    if (entry.quiet) this.#change(entry, false);
  }

  #change(entry: Entry, quiet: boolean): void {
    entry.quiet = quiet;
    entry.changed = true;
    this.#changed.add(entry);
    if (this.#changed.size > mostChanged) this.flush();
  }

  get dirty(): boolean {
    return this.#changed.size > 0 || this.#database.inTransaction;
  }

  /** Everything since the last commit never was. */
  rollback(): void {
    this.#changed.clear();
    this.#entries.clear();
    this.#counts = null;
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  /** Writes what changed into the open transaction. */
  flush(): void {
    if (this.#changed.size === 0) return;
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
    for (const entry of this.#changed) {
      const { remote, local, synced } = entry.rows;
      const isEmpty = remote === undefined && local === undefined && synced === undefined;
      if (!isEmpty) {
        this.#write(entry, encodeNode(entry.id, entry.rows, entry.quiet));
      } else if (entry.key !== null) {
        this.#remove.run(entry.key);
        entry.key = null;
      }
      entry.changed = false;
      this.written += 1;
    }
    this.#changed.clear();
    this.#forgetSome();
  }

  #write(entry: Entry, cells: NodeCells): void {
    const [, flags, parent, fold, name, localParent, syncedParent, identity, content, size, body, extra] = cells;
    if (entry.key === null) entry.key = Number(this.#insert.run(...cells).lastInsertRowid);
    else {
      // Places seldom change: then the index of names, the largest, is not touched.
      if (!sameCells(entry.place, placeOf(cells))) this.#move.run(parent, fold, name, localParent, syncedParent, entry.key);
      this.#update.run(flags, identity, content, size, body, extra, entry.key);
    }
    entry.place = placeOf(cells);
  }

  counts(): NodeCounts {
    if (this.#counts === null) {
      this.flush();
      const has = (bits: number) => `coalesce(sum(flags & ${bits} = ${bits}), 0)`;
      const files = `flags & ${flag.synced | flag.folder} = ${flag.synced}`;
      const sql = `SELECT ${has(flag.remote)} AS remote, ${has(flag.local)} AS local, ${has(flag.synced)} AS synced,
        coalesce(sum(${files}), 0) AS syncedFiles, coalesce(sum(iif(${files} AND flags & ${flag.local}, size, 0)), 0) AS syncedBytes FROM nodes`;
      this.#counts = this.#database.prepare<[], Mutable<NodeCounts>>(sql).get()!;
    }
    return this.#counts;
  }

  /** Every node, a page at a time; nodes may be changed meanwhile. */
  *all(): Generator<KnownNode> {
    yield* this.#pages(`SELECT key, ${columns} FROM nodes WHERE key > ? ORDER BY key LIMIT ${pageRows}`);
  }
  /** Those of which the three trees do not say the same. */
  *open(): Generator<KnownNode> {
    yield* this.#pages(this.#flagged(flag.open));
  }
  /** Files that were read too soon after they were written. */
  *racy(): Generator<KnownNode> {
    yield* this.#pages(this.#flagged(flag.racy));
  }
  /** Things that have another name on this disk than on the server. */
  *mapped(): Generator<KnownNode> {
    yield* this.#pages(this.#flagged(flag.mapped));
  }
  #flagged(bit: number): string {
    return `SELECT key, ${columns} FROM nodes WHERE (flags & ${bit}) <> 0 AND key > ? ORDER BY key LIMIT ${pageRows}`;
  }

  /** What a tree has in a folder. */
  children<T extends TreeName>(tree: T, parentId: string): RowTypes[T][] {
    const found = this.#found('parent = ?', idCell(parentId));
    if (tree !== 'remote') found.push(...this.#found(tree === 'local' ? 'l_parent = ?' : 's_parent = ?', idCell(parentId)));
    return unique(
      found.map(({ rows }) => rows[tree] as RowTypes[T] | undefined),
      (row) => row.parentId === parentId,
    );
  }

  /** What a tree has in a folder under a name, in any case and spelling. */
  occupants<T extends TreeName>(tree: T, parentId: string, name: string): RowTypes[T][] {
    const folded = foldedName(name);
    const found = this.#found('parent = ? AND fold = ?', idCell(parentId), foldOf(name));
    if (tree !== 'remote') found.push(...this.#found(tree === 'local' ? 'l_parent = ?' : 's_parent = ?', idCell(parentId)));
    return unique(
      found.map(({ rows }) => rows[tree] as RowTypes[T] | undefined),
      (row) => row.parentId === parentId && foldedName(row.name) === folded,
    );
  }

  /** Whether anything is not `open`. */
  hasClosed(): boolean {
    this.flush();
    return this.#query(`SELECT 1 FROM nodes WHERE (flags & ${flag.open}) = 0 LIMIT 1`).get() !== undefined;
  }
  /** All that the server has in a folder, with what the other trees say of each. */
  knownChildren(parentId: string): KnownNode[] {
    return this.#found('parent = ?', idCell(parentId)).filter(({ rows }) => rows.remote?.parentId === parentId);
  }
  /** The same, of what is not `open` by itself. */
  closedChildren(parentId: string): KnownNode[] {
    return this.#found(`parent = ? AND (flags & ${flag.open}) = 0`, idCell(parentId)).filter(
      ({ rows }) => rows.remote?.parentId === parentId,
    );
  }

  localByIdentity(identity: string): LocalRow[] {
    const found = this.#found(`identity = ? AND (flags & ${flag.local}) <> 0`, checksum(identity));
    return unique(
      found.map(({ rows }) => rows.local),
      (row) => row.identity === identity,
    );
  }

  /** A file on this disk that holds exactly this, as far as anybody knows. */
  localByContent(contentHash: string): LocalRow | undefined {
    for (const {
      rows: { local },
    } of this.#found(`content = ? AND (flags & ${flag.localHash}) <> 0`, checksum(contentHash))) {
      if (local?.content !== null && local?.kind === 'file' && tokenHash(local.content) === contentHash) return local;
    }
    return undefined;
  }

  /** How many files lie below a folder, of those that both sides agreed on. */
  filesBelow(folderId: string): number {
    this.flush();
    const sql = `WITH RECURSIVE below (id, flags) AS (
        SELECT id, flags FROM nodes WHERE parent = ?
        UNION SELECT nodes.id, nodes.flags FROM nodes JOIN below ON nodes.parent = below.id
      ) SELECT count(*) FROM below WHERE flags & ${flag.synced | flag.folder} = ${flag.synced}`;
    return (this.#query(sql).get(idCell(folderId)) as [number])[0];
  }

  #found(where: string, ...parameters: (string | Buffer | number)[]): Entry[] {
    this.flush();
    const rows = this.#query(`SELECT key, ${columns} FROM nodes WHERE ${where}`).all(...parameters) as [number, ...NodeCells][];
    return rows.map((row) => this.#decoded(row));
  }

  readonly #queries = new Map<string, ReturnType<Database['prepare']>>();
  #query(sql: string): ReturnType<Database['prepare']> {
    let query = this.#queries.get(sql);
    if (query === undefined) {
      query = this.#database.prepare(sql).raw();
      this.#queries.set(sql, query);
    }
    return query;
  }

  *#pages(sql: string): Generator<Entry> {
    for (let last = -1; ;) {
      this.flush();
      const rows = this.#query(sql).all(last) as [number, ...NodeCells][];
      for (const row of rows) yield this.#decoded(row);
      if (rows.length < pageRows) return;
      last = rows.at(-1)![0];
    }
  }

  #entry(id: string): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const row = this.#one.get(idCell(id));
    const entry: Entry =
      row === undefined
        ? { id, key: null, changed: false, quiet: false, place: null, rows: { remote: undefined, local: undefined, synced: undefined } }
        : decoded(row);
    this.#entries.set(id, entry);
    if (this.#entries.size > 2 * mostClean + this.#changed.size) this.#forgetSome();
    return entry;
  }

  /** A row that was read as the entry that is in memory, where there is one. It is not kept there: many are read only once. */
  #decoded(row: [number, ...NodeCells]): Entry {
    const entry = decoded(row);
    return this.#entries.get(entry.id) ?? entry;
  }

  #forgetSome(): void {
    let surplus = this.#entries.size - this.#changed.size - mostClean;
    for (const [id, { changed }] of this.#entries) {
      if (surplus <= 0) return;
      if (changed) continue;
      this.#entries.delete(id);
      surplus -= 1;
    }
  }

  #count({ remote, local, synced }: NodeRows, by: 1 | -1): void {
    if (this.#counts === null) return;
    if (remote !== undefined) this.#counts.remote += by;
    if (local !== undefined) this.#counts.local += by;
    if (synced !== undefined) this.#counts.synced += by;
    if (synced?.kind !== 'file') return;
    this.#counts.syncedFiles += by;
    this.#counts.syncedBytes += by * (local?.sizeBytes ?? 0);
  }
}

function decoded([key, ...cells]: [number, ...NodeCells]): Entry {
  const { id, ...rows } = decodeNode(cells);
  return { id, rows, key, changed: false, quiet: (cells[1] & flag.quiet) !== 0, place: placeOf(cells) };
}

const placeOf = ([, , parent, , name, localParent, syncedParent]: NodeCells): PlaceCells => [parent, name, localParent, syncedParent];

function sameCells(before: PlaceCells | null, now: PlaceCells): boolean {
  return now.every((cell, index) => {
    const was = before?.[index];
    return cell === was || (Buffer.isBuffer(cell) && Buffer.isBuffer(was) && cell.equals(was));
  });
}

function unique<R extends { readonly id: string }>(rows: readonly (R | undefined)[], counts: (row: R) => boolean): R[] {
  const found = new Map<string, R>();
  for (const row of rows) if (row !== undefined && counts(row)) found.set(row.id, row);
  return [...found.values()];
}
