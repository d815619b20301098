import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../server/store/database.ts';
import { shippedMigrations } from '../../server/store/migrate.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { storeSuite } from './store-suite.ts';

let postgres: TestPostgres;
let folder: string;
let files = 0;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-store-'));
});
afterAll(async () => {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

storeSuite('SQLite', async () => ({ kind: 'sqlite', file: path.join(folder, `${(files += 1)}.sqlite`) }));
storeSuite('PostgreSQL', () => postgres.place());

test('a SQLite file is copied before it is changed, and the copy opens as it was', async () => {
  const file = path.join(folder, 'old.sqlite');
  const [start, ...later] = shippedMigrations();
  const old = await openDatabase({ kind: 'sqlite', file }, { migrations: [start!] });
  await old.database.insertInto('server_secrets').values({ name: 'before', value: 'the update' }).execute();
  await old.close();
  const updated = await openDatabase({ kind: 'sqlite', file });
  expect(updated.migrated).toEqual(later.map(({ number }) => number));
  await updated.close();
  expect((await readdir(folder)).filter((name) => name.startsWith('old.sqlite.before'))).toEqual(['old.sqlite.before-02']);
  const copy = await openDatabase({ kind: 'sqlite', file: `${file}.before-02` }, { migrations: [start!] });
  expect(copy.migrated).toEqual([]);
  expect(await copy.database.selectFrom('server_secrets').selectAll().execute()).toEqual([{ name: 'before', value: 'the update' }]);
  await copy.close();
});

test('a new SQLite file needs no copy', async () => {
  const file = path.join(folder, 'new.sqlite');
  await (await openDatabase({ kind: 'sqlite', file })).close();
  expect((await readdir(folder)).filter((name) => name.startsWith('new.sqlite.before'))).toEqual([]);
});

test('a file that is no database is refused and left as it is', async () => {
  const file = path.join(folder, 'letter.sqlite');
  await writeFile(file, 'Dear all, this is not a database but long enough to look like one. '.repeat(40));
  await expect(openDatabase({ kind: 'sqlite', file })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('not a database') as string,
  });
});

test('a PostgreSQL that is not there is unavailable', async () => {
  const url = `postgres://postgres@/x?host=${encodeURIComponent(path.join(folder, 'nowhere'))}`;
  await expect(openDatabase({ kind: 'postgres', url })).rejects.toMatchObject({ code: 'unavailable' });
});
