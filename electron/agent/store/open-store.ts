import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StoredOutgoing } from '#shared/client/stored.ts';
import { openDatabase, prepare, type Database } from './database.ts';
import { migrations, type Migration } from './migrations.ts';
import { SqliteStore } from './sqlite-store.ts';

/** What the person is told after a database could not be used as it was. */
export type StoreNotice = 'database_newer' | 'database_damaged';

export interface OpenedStore {
  readonly store: SqliteStore;
  /** Null when all was well. Then the old file lies beside the new one, under a dated name. */
  readonly notice: StoreNotice | null;
  /** Unsent messages and drafts that were brought over from the old file. */
  readonly carriedOver: number;
}

/** Files up to this size are read through at start to find damage before the person does. */
const checkedBytes = 32 * 1024 * 1024;

/**
 * Opens the account's store and migrates it, with a copy put aside before. A file that is damaged, has another key, or is from a newer
 * program is never thrown away: it is kept aside, a new one is begun (the server fills it), and unsent work is carried over as far as it can be read.
 * @param file null for a store in memory
 * @param now epoch milliseconds, for the dated name
 * @param known what this program can migrate to
 */
export function openStore(file: string | null, key: Uint8Array, now: number, known: readonly Migration[] = migrations): OpenedStore {
  if (file === null) return fresh(null, key, known);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) return fresh(file, key, known);
  const { database, notice } = look(file, key, known.at(-1)?.number ?? 0);
  if (database !== null) {
    migrateOrClose(database, file, known);
    return { store: new SqliteStore(database), notice: null, carriedOver: 0 };
  }
  const aside = keepAside(file, notice, now);
  const opened = fresh(file, key, known);
  return { ...opened, notice, carriedOver: carryOver(aside, key, opened.store) };
}

function fresh(file: string | null, key: Uint8Array, known: readonly Migration[]): OpenedStore {
  const database = openDatabase(file, key);
  prepare(database);
  migrate(database, null, known);
  return { store: new SqliteStore(database), notice: null, carriedOver: 0 };
}

type Look = { database: Database; notice: null } | { database: null; notice: StoreNotice };

function look(file: string, key: Uint8Array, latest: number): Look {
  const database = openDatabase(file, key);
  try {
    prepare(database);
    database.pragma('wal_checkpoint(TRUNCATE)');
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version > latest) return give(database, 'database_newer');
    return isWhole(database, file) ? { database, notice: null } : give(database, 'database_damaged');
  } catch {
    return give(database, 'database_damaged');
  }
}

function give(database: Database, notice: StoreNotice): Look {
  database.close();
  return { database: null, notice };
}

function isWhole(database: Database, file: string): boolean {
  const pages = database.pragma('page_count', { simple: true }) as number;
  const pageBytes = database.pragma('page_size', { simple: true }) as number;
  const { size } = statSync(file);
  if (size < pages * pageBytes) return false;
  return size > checkedBytes || database.pragma('quick_check(1)', { simple: true }) === 'ok';
}

function keepAside(file: string, notice: StoreNotice, now: number): string {
  const date = new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
  const { dir, name, ext } = path.parse(file);
  let aside = path.join(dir, `${name}.${date}.${notice.replace('database_', '')}${ext}`);
  for (let count = 2; existsSync(aside); count += 1) aside = path.join(dir, `${name}.${date}-${count}${ext}`);
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}

function migrateOrClose(database: Database, file: string, known: readonly Migration[]): void {
  try {
    migrate(database, file, known);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Applies what is missing, all in one transaction, after copying the file aside where there is something to lose. */
function migrate(database: Database, file: string | null, known: readonly Migration[]): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  const missing = known.filter(({ number }) => number > version);
  if (missing.length === 0) return;
  if (file !== null && version > 0) backUp(database, file, version);
  database
    .transaction(() => {
      for (const { sql } of missing) database.exec(sql);
      database.pragma(`user_version = ${missing.at(-1)!.number}`);
    })
    .immediate();
}

function backUp(database: Database, file: string, version: number): void {
  database.pragma('wal_checkpoint(TRUNCATE)');
  const { dir, name, ext } = path.parse(file);
  const copy = path.join(dir, `${name}.before-${String(version + 1).padStart(2, '0')}${ext}`);
  const staged = `${copy}.part`;
  rmSync(staged, { force: true });
  copyFileSync(file, staged);
  renameSync(staged, copy);
}

/** Reads unsent messages and drafts out of a file kept aside, row by row, as far as it goes. */
function carryOver(aside: string, key: Uint8Array, store: SqliteStore): number {
  let carried = 0;
  const database = openDatabase(aside, key);
  const each = (table: string, take: (id: string, row: unknown) => void) => {
    try {
      const rows = database.prepare<[], { id: string; row: string }>(`SELECT id, row FROM "${table}" ORDER BY rowid`).iterate();
      for (const { id, row } of rows) {
        take(id, JSON.parse(row));
        carried += 1;
      }
    } catch {
      // What cannot be read stays in the file kept aside.
    }
  };
  each('outgoing', (id, row) => store.outgoing.put(id, row as StoredOutgoing));
  each('drafts', (id, row) => store.drafts.put(id, row as string));
  database.close();
  return carried;
}
