import type { Trees } from '#shared/sync/tree.ts';
import type { Database } from '../store/database.ts';
import { NodeTable, type NodeCounts } from './node-table.ts';
import type { LocalRow, PendingRow, SyncedRow } from './rows.ts';
import { FolderDigests } from './folder-digests.ts';
import { planTrees } from './plan-trees.ts';
import { StoredTree } from './stored-tree.ts';
import { prepareState } from './state-schema.ts';

const digestsName = 'folderDigests';
const cacheKibibytes = 8_000;
const mostJournalBytes = 8 * 1024 * 1024;

/** Things worth telling that outlive a restart: what was done, conflicts, and what lies in the recovery area. */
export type NoteKind = 'activity' | 'conflict' | 'recovered';
const mostNotes: Readonly<Record<NoteKind, number>> = { activity: 500, conflict: 10_000, recovered: 1_000_000 };

/** Whether a look at the disk would find the same: what a digest is made of. */
const looksSame = (one: LocalRow, other: LocalRow): boolean =>
  one.parentId === other.parentId &&
  one.diskName === other.diskName &&
  one.identity === other.identity &&
  one.stamp === other.stamp &&
  one.executable === other.executable;

/** An operation on the disk in two parts, so that a crash between them can be cleaned up. */
export interface JournalRow {
  readonly id: string;
  /** Relative path of the file whose bytes were being put aside. */
  readonly path: string;
  readonly aside: string;
  /** It was being made online-only: what was agreed on, and what it looked like. */
  readonly freed?: { readonly synced: SyncedRow; readonly row: LocalRow };
}

/**
 * The three trees of one root, and what must not be forgotten while mutations are on their way. Reads see every change at once; `commit` makes
 * lasting, in one transaction, everything since the last one. Losing the last commits is harmless: observation finds them again.
 */
export class StateStore {
  readonly remote: StoredTree<'remote'>;
  readonly local: StoredTree<'local'>;
  readonly synced: StoredTree<'synced'>;
  readonly nodes: NodeTable;
  readonly journal: Journal;
  readonly #database: Database;
  readonly #meta = new Map<string, string>();
  readonly #changedMeta = new Set<string>();
  readonly #newPending: PendingRow[] = [];
  readonly #donePending: string[] = [];
  readonly #putMeta;
  readonly #putPending;
  readonly #deletePending;
  #isDurable: boolean | null = null;
  #digests: FolderDigests | null | undefined;
  readonly #touched = new Set<string>();
  #pending: PendingRow[];

  constructor(database: Database) {
    this.#database = database;
    prepareState(database);
    // A large first listing is one transaction: what it needs on the disk meanwhile is given back afterwards.
    database.pragma(`cache_size = -${cacheKibibytes}`);
    database.pragma(`journal_size_limit = ${mostJournalBytes}`);
    this.nodes = new NodeTable(database);
    this.remote = new StoredTree(this.nodes, 'remote');
    this.local = new StoredTree(this.nodes, 'local', (before, now) => this.#touch(before, now));
    this.synced = new StoredTree(this.nodes, 'synced');
    this.journal = new Journal(database);
    this.#pending = database.prepare<[], PendingRow>('SELECT key, mutation FROM pending ORDER BY place').all();
    const meta = database.prepare<[], { name: string; value: string }>('SELECT name, value FROM meta').all();
    for (const { name, value } of meta) this.#meta.set(name, value);
    this.#putMeta = database.prepare<[string, string]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
    this.#putPending = database.prepare<[string, string]>('INSERT OR IGNORE INTO pending (key, mutation) VALUES (?, ?)');
    this.#deletePending = database.prepare<[string]>('DELETE FROM pending WHERE key = ?');
  }

  /** For one plan: see `planTrees`. */
  trees(rootId: string): Trees {
    return planTrees(this, rootId);
  }
  /** How much there is; cheap to ask. */
  counts(): NodeCounts {
    return this.nodes.counts();
  }

  meta(name: string): string | null {
    return this.#meta.get(name) ?? null;
  }
  setMeta(name: string, value: string): void {
    if (this.#meta.get(name) === value) return;
    this.#meta.set(name, value);
    this.#changedMeta.add(name);
  }

  /** Folders of which the local tree says something else than when all were taken in: what they held then says nothing of them any more. */
  takeTouched(): string[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }
  #touch(before: LocalRow | undefined, now: LocalRow | undefined): void {
    if (before !== undefined && now !== undefined && looksSame(before, now)) return;
    for (const row of [before, now]) if (typeof row?.parentId === 'string') this.#touched.add(row.parentId);
    // After a crash nobody knows which folders these were.
    if (this.meta(digestsName) !== null) this.setMeta(digestsName, '');
  }

  /** What the folders held when all of them were last taken in; null where that is not known. */
  get digests(): FolderDigests | null {
    if (this.#digests === undefined) this.#digests = FolderDigests.read(this.meta(digestsName));
    return this.#digests;
  }
  set digests(digests: FolderDigests | null) {
    this.#digests = digests;
    this.setMeta(digestsName, digests === null ? '' : digests.text());
  }

  get pending(): readonly PendingRow[] {
    return this.#pending;
  }
  addPending(rows: readonly PendingRow[]): void {
    this.#newPending.push(...rows);
    this.#pending.push(...rows);
  }
  removePending(keys: readonly string[]): void {
    const gone = new Set(keys);
    this.#pending = this.#pending.filter(({ key }) => !gone.has(key));
    this.#donePending.push(...keys);
  }

  notes<R>(kind: NoteKind): R[] {
    const rows = this.#database.prepare<[string], { row: string }>('SELECT row FROM notes WHERE kind = ? ORDER BY place DESC').all(kind);
    return rows.map(({ row }) => JSON.parse(row) as R);
  }
  addNotes(kind: NoteKind, rows: readonly unknown[]): void {
    if (rows.length === 0) return;
    const insert = this.#database.prepare<[string, string]>('INSERT INTO notes (kind, row) VALUES (?, ?)');
    const trim = this.#database.prepare<[string, string, number]>(
      'DELETE FROM notes WHERE kind = ? AND place <= (SELECT place FROM notes WHERE kind = ? ORDER BY place DESC LIMIT 1 OFFSET ?)',
    );
    this.#database
      .transaction(() => {
        for (const row of rows.slice(-mostNotes[kind])) insert.run(kind, JSON.stringify(row));
        trim.run(kind, kind, mostNotes[kind]);
      })
      .immediate();
  }
  /** Drops the notes of a kind that `keeps` says no to. */
  keepNotes<R>(kind: NoteKind, keeps: (row: R) => boolean): void {
    const rows = this.#database.prepare<[string], { place: number; row: string }>('SELECT place, row FROM notes WHERE kind = ?').all(kind);
    const gone = rows.filter(({ row }) => !keeps(JSON.parse(row) as R));
    if (gone.length === 0) return;
    const remove = this.#database.prepare<[number]>('DELETE FROM notes WHERE place = ?');
    this.#database.transaction(() => gone.forEach(({ place }) => void remove.run(place))).immediate();
  }
  /** True when there is something that the next commit would write. */
  get dirty(): boolean {
    return this.nodes.dirty || this.journal.changed.size + this.#changedMeta.size + this.#newPending.length + this.#donePending.length > 0;
  }

  /** Mutations about to be sent, and what is about to be put aside, survive a power cut; what can be observed again need only survive a crash. */
  commit(isDurable = this.#newPending.length > 0 || this.#announces): void {
    if (!this.dirty) return;
    // How durable a transaction is can only be said before it begins.
    if (isDurable) this.#end();
    this.#setDurable(isDurable);
    this.nodes.flush();
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
    this.#writeRest();
    this.#end();
  }
  get #announces(): boolean {
    return [...this.journal.changed].some((id) => this.journal.get(id) !== undefined);
  }
  /** What the trees were told since the last commit never was. */
  rollback(): void {
    this.nodes.rollback();
  }
  close(): void {
    this.commit();
    this.#database.close();
  }

  #end(): void {
    if (this.#database.inTransaction) this.#database.exec('COMMIT');
  }

  #setDurable(isDurable: boolean): void {
    if (this.#isDurable === isDurable || this.#database.inTransaction) return;
    this.#database.pragma(`synchronous = ${isDurable ? 'FULL' : 'NORMAL'}`);
    this.#isDurable = isDurable;
  }

  #writeRest(): void {
    this.journal.write();
    for (const name of this.#changedMeta) this.#putMeta.run(name, this.#meta.get(name)!);
    for (const { key, mutation } of this.#newPending) this.#putPending.run(key, mutation);
    for (const key of this.#donePending) this.#deletePending.run(key);
    this.#changedMeta.clear();
    this.#newPending.length = 0;
    this.#donePending.length = 0;
  }
}

/** Few rows, all in memory. */
export class Journal {
  readonly changed = new Set<string>();
  readonly #rows = new Map<string, JournalRow>();
  readonly #put;
  readonly #remove;

  constructor(database: Database) {
    for (const { row } of database.prepare<[], { row: string }>('SELECT row FROM journal').all()) {
      const read = JSON.parse(row) as JournalRow;
      this.#rows.set(read.id, read);
    }
    this.#put = database.prepare<[string, string]>('INSERT OR REPLACE INTO journal (id, row) VALUES (?, ?)');
    this.#remove = database.prepare<[string]>('DELETE FROM journal WHERE id = ?');
  }
  get(id: string): JournalRow | undefined {
    return this.#rows.get(id);
  }
  values(): IterableIterator<JournalRow> {
    return this.#rows.values();
  }
  put(row: JournalRow): void {
    this.#rows.set(row.id, row);
    this.changed.add(row.id);
  }
  delete(id: string): void {
    if (this.#rows.delete(id)) this.changed.add(id);
  }
  /** Writes what changed; within a transaction. */
  write(): void {
    for (const id of this.changed) {
      const row = this.#rows.get(id);
      if (row === undefined) this.#remove.run(id);
      else this.#put.run(id, JSON.stringify(row));
    }
    this.changed.clear();
  }
}
