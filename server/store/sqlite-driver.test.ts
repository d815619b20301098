import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sqliteConnection, sqliteDriver, type SqliteDriver } from './sqlite-driver.ts';

interface Tables {
  nodes: { id: number };
  spaces: { id: number; sequence: number; links: number };
  members: { id: number };
}

/** The wait for the disk, in the hands of the test. */
class Disk {
  readonly waits: { resolve(): void; reject(error: Error): void }[] = [];
  sync = (): Promise<void> => new Promise((resolve, reject) => void this.waits.push({ resolve, reject }));
  async waitFor(count: number): Promise<void> {
    while (this.waits.length < count) await new Promise((resolve) => void setImmediate(resolve));
  }
}

const folders: string[] = [];
let disk: Disk;
let driver: SqliteDriver;
let database: Kysely<Tables>;

class ManyConnections extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

beforeEach(() => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-driver-'));
  folders.push(folder);
  const file = path.join(folder, 'test.sqlite');
  const writer = new BetterSqlite(file);
  writer.pragma('journal_mode = WAL');
  writer.exec(
    'CREATE TABLE nodes (id); CREATE TABLE members (id); CREATE TABLE spaces (id, sequence, links); INSERT INTO spaces VALUES (1, 0, 0)',
  );
  disk = new Disk();
  const openReader = () => sqliteConnection(new BetterSqlite(file, { readonly: true }));
  driver = sqliteDriver({ writer: sqliteConnection(writer), openReader, sync: () => disk.sync() });
  database = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new ManyConnections(),
      createDriver: () => driver,
      createIntrospector: (made) => new SqliteIntrospector(made),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
});
afterEach(async () => {
  await database.destroy();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const insert = (id: number): Promise<unknown> => database.insertInto('nodes').values({ id }).execute();
const idsOf = async (from: Pick<Kysely<Tables>, 'selectFrom'> = database): Promise<number[]> =>
  (await from.selectFrom('nodes').select('id').orderBy('id').execute()).map(({ id }) => id);

test('a commit is over when it is on the disk, and nobody reads it before', async () => {
  const over: string[] = [];
  const writing = database
    .transaction()
    .execute(async (transaction) => void (await transaction.insertInto('nodes').values({ id: 1 }).execute()))
    .then(() => over.push('written'));
  await disk.waitFor(1);
  const reading = idsOf().then((ids) => over.push(`read ${ids.join()}`));
  const listing = database
    .transaction()
    .setAccessMode('read only')
    .execute((transaction) => idsOf(transaction))
    .then((ids) => over.push(`listed ${ids.join()}`));
  await new Promise((resolve) => void setTimeout(resolve, 20));
  expect(over).toEqual([]);
  disk.waits[0]!.resolve();
  await Promise.all([writing, reading, listing]);
  expect(over.toSorted()).toEqual(['listed 1', 'read 1', 'written']);
});

test('what is read beside a transaction is what was committed, without waiting for its end', async () => {
  const first = insert(1);
  await disk.waitFor(1);
  disk.waits[0]!.resolve();
  await first;
  const writing = database.transaction().execute(async (transaction) => {
    await transaction.insertInto('nodes').values({ id: 2 }).execute();
    return { inside: await idsOf(transaction), beside: await idsOf() };
  });
  await disk.waitFor(2);
  disk.waits[1]!.resolve();
  expect(await writing).toEqual({ inside: [1, 2], beside: [1] });
  expect(await idsOf()).toEqual([1, 2]);
});

test('a transaction that only reads sees one moment', async () => {
  const seen = await database
    .transaction()
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const before = await idsOf(transaction);
      const writing = insert(1);
      await disk.waitFor(1);
      disk.waits[0]!.resolve();
      await writing;
      return [before, await idsOf(transaction), await idsOf()];
    });
  expect(seen).toEqual([[], [], [1]]);
});

test('a transaction that fails leaves nothing, and waits for no disk', async () => {
  const failing = database.transaction().execute(async (transaction) => {
    await transaction.insertInto('nodes').values({ id: 1 }).execute();
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await idsOf()).toEqual([]);
  expect(disk.waits).toEqual([]);
});

test('once the disk did not take a commit nothing is answered from it any more', async () => {
  const writing = insert(1);
  await disk.waitFor(1);
  disk.waits[0]!.reject(new Error('EIO'));
  await expect(writing).rejects.toMatchObject({ code: 'unavailable' });
  await expect(idsOf()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(insert(2)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(database.transaction().execute(async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
});

test('files and the counters of their drives leave who may do what as it is; anything else may change it', async () => {
  disk.sync = async () => undefined;
  await insert(1);
  await database.updateTable('spaces').set({ sequence: 5 }).execute();
  await database.deleteFrom('nodes').execute();
  expect({ ...driver.counts }).toEqual({ any: 3, rights: 0 });
  await database.updateTable('spaces').set({ sequence: 6, links: 1 }).execute();
  expect(driver.counts.rights).toBe(1);
  await database.insertInto('members').values({ id: 1 }).execute();
  expect(driver.counts.rights).toBe(2);
  await sql`DELETE FROM nodes`.execute(database);
  expect(driver.counts.rights).toBe(3);
});
