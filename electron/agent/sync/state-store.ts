import type { Trees } from '#shared/sync/tree.ts';
import type { Database } from '../store/database.ts';
import type { LocalRow, PendingRow, RemoteRow, SyncedRow } from './rows.ts';

const schemaVersion = 1;
const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE remote (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE local (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE synced (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE pending (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, mutation TEXT NOT NULL);
  CREATE TABLE journal (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE notes (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, row TEXT NOT NULL);
  CREATE INDEX notes_by_kind ON notes (kind, place);
`;

type TableName = 'remote' | 'local' | 'synced' | 'journal';

/** Things worth telling that outlive a restart: what was done, conflicts, and what lies in the recovery area. */
export type NoteKind = 'activity' | 'conflict' | 'recovered';
const mostNotes: Readonly<Record<NoteKind, number>> = { activity: 500, conflict: 10_000, recovered: 1_000_000 };

/** A tree in memory that writes its changes down at the next commit. */
class StoredMap<R extends { readonly id: string }> {
  readonly rows = new Map<string, R>();
  readonly changed = new Set<string>();
  readonly table: TableName;

  constructor(database: Database, table: TableName) {
    this.table = table;
    const statement = database.prepare<[], { id: string; row: string }>(`SELECT id, row FROM ${table}`);
    for (const { id, row } of statement.iterate()) this.rows.set(id, JSON.parse(row) as R);
  }
  get(id: string): R | undefined {
    return this.rows.get(id);
  }
  put(row: R): void {
    this.rows.set(row.id, row);
    this.changed.add(row.id);
  }
  delete(id: string): void {
    if (this.rows.delete(id)) this.changed.add(id);
  }
  clear(): void {
    for (const id of this.rows.keys()) this.changed.add(id);
    this.rows.clear();
  }
}

/** An operation on the disk in two parts, so that a crash between them can be cleaned up. */
export interface JournalRow {
  readonly id: string;
  /** Relative path of the file whose bytes were being put aside. */
  readonly path: string;
  readonly aside: string;
}

/**
 * The three trees of one root, and what must not be forgotten while mutations are on their way. Reads are from memory; `commit` writes
 * everything since the last one in one transaction. Losing the last commits is harmless: observation finds them again.
 */
export class StateStore {
  readonly remote: StoredMap<RemoteRow>;
  readonly local: StoredMap<LocalRow>;
  readonly synced: StoredMap<SyncedRow>;
  readonly journal: StoredMap<JournalRow>;
  readonly #database: Database;
  readonly #meta = new Map<string, string>();
  readonly #changedMeta = new Set<string>();
  readonly #newPending: PendingRow[] = [];
  readonly #donePending: string[] = [];
  readonly #write: () => void;
  #pending: PendingRow[];

  constructor(database: Database) {
    this.#database = database;
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version === 0) {
      database
        .transaction(() => {
          database.exec(schema);
          database.pragma(`user_version = ${schemaVersion}`);
        })
        .immediate();
    } else if (version !== schemaVersion) throw new Error(`Sync state of version ${version}`);
    this.remote = new StoredMap(database, 'remote');
    this.local = new StoredMap(database, 'local');
    this.synced = new StoredMap(database, 'synced');
    this.journal = new StoredMap(database, 'journal');
    this.#pending = database.prepare<[], PendingRow>('SELECT key, mutation FROM pending ORDER BY place').all();
    const meta = database.prepare<[], { name: string; value: string }>('SELECT name, value FROM meta').all();
    for (const { name, value } of meta) this.#meta.set(name, value);
    this.#write = this.#prepareWrite();
  }

  trees(rootId: string): Trees {
    return { rootId, remote: this.remote.rows, local: this.local.rows, synced: this.synced.rows };
  }

  meta(name: string): string | null {
    return this.#meta.get(name) ?? null;
  }
  setMeta(name: string, value: string): void {
    if (this.#meta.get(name) === value) return;
    this.#meta.set(name, value);
    this.#changedMeta.add(name);
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
    const trees = [this.remote, this.local, this.synced, this.journal];
    return trees.some(({ changed }) => changed.size > 0) || this.#changedMeta.size + this.#newPending.length + this.#donePending.length > 0;
  }

  /** Mutations about to be sent survive a power cut; what can be observed again need only survive a crash. */
  commit(): void {
    if (!this.dirty) return;
    this.#database.pragma(`synchronous = ${this.#newPending.length > 0 ? 'FULL' : 'NORMAL'}`);
    this.#write();
  }
  close(): void {
    this.commit();
    this.#database.close();
  }

  #prepareWrite(): () => void {
    const database = this.#database;
    const puts = {} as Record<TableName, (id: string, row: string) => void>;
    const deletes = {} as Record<TableName, (id: string) => void>;
    for (const table of ['remote', 'local', 'synced', 'journal'] as const) {
      const put = database.prepare<[string, string]>(`INSERT OR REPLACE INTO ${table} (id, row) VALUES (?, ?)`);
      const remove = database.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`);
      puts[table] = (id, row) => void put.run(id, row);
      deletes[table] = (id) => void remove.run(id);
    }
    const putMeta = database.prepare<[string, string]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
    const putPending = database.prepare<[string, string]>('INSERT OR IGNORE INTO pending (key, mutation) VALUES (?, ?)');
    const deletePending = database.prepare<[string]>('DELETE FROM pending WHERE key = ?');
    const write = database.transaction(() => {
      for (const tree of [this.remote, this.local, this.synced, this.journal]) {
        for (const id of tree.changed) {
          const row = tree.rows.get(id);
          if (row === undefined) deletes[tree.table](id);
          else puts[tree.table](id, JSON.stringify(row));
        }
      }
      for (const name of this.#changedMeta) putMeta.run(name, this.#meta.get(name)!);
      for (const { key, mutation } of this.#newPending) putPending.run(key, mutation);
      for (const key of this.#donePending) deletePending.run(key);
    });
    return () => {
      write.immediate();
      for (const tree of [this.remote, this.local, this.synced, this.journal]) tree.changed.clear();
      this.#changedMeta.clear();
      this.#newPending.length = 0;
      this.#donePending.length = 0;
    };
  }
}
