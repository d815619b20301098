import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase, prepare } from './database.ts';
import { databaseKey } from './database-key.ts';
import { latestMigration, migrations } from './migrations.ts';
import { openStore } from './open-store.ts';

const key = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
const now = Date.UTC(2026, 10, 22, 9, 5, 7);
const place = (): string => path.join(mkdtempSync(path.join(os.tmpdir(), 'hikyaku-open-')), 'local.db');

it('finds everything again with the same key', () => {
  const file = place();
  const first = openStore(file, key, now);
  first.store.drafts.put('room', '書きかけ');
  first.store.close();
  const second = openStore(file, key, now);
  expect(second.notice).toBeNull();
  expect(second.store.drafts.get('room')).toBe('書きかけ');
  second.store.close();
  expect(readFileSync(file).includes(Buffer.from('書きかけ'))).toBe(false);
});

it('keeps a file with another key aside under a dated name, and can open it again later', () => {
  const file = place();
  const first = openStore(file, key, now);
  first.store.drafts.put('room', '書きかけ');
  first.store.close();
  const second = openStore(file, other, now);
  expect(second).toMatchObject({ notice: 'database_damaged', carriedOver: 0 });
  second.store.close();
  const aside = 'local.2026-11-22T09-05-07.damaged.db';
  expect(
    readdirSync(path.dirname(file))
      .filter((name) => name.endsWith('.db'))
      .sort(),
  ).toEqual([aside, 'local.db']);
  const again = openStore(path.join(path.dirname(file), aside), key, now);
  expect(again.store.drafts.get('room')).toBe('書きかけ');
  again.store.close();
});

it('copies an older file aside before it migrates it', () => {
  const file = place();
  const old = openDatabase(file, key);
  prepare(old);
  for (const { sql } of migrations) old.exec(sql);
  old.exec(`INSERT INTO drafts (id, row) VALUES ('room', '"古い版"')`);
  old.pragma(`user_version = ${latestMigration}`);
  old.close();
  const next = [...migrations, { number: latestMigration + 1, name: 'more', sql: 'CREATE TABLE more (id TEXT)' }];
  const opened = openStore(file, key, now, next);
  expect(opened.notice).toBeNull();
  expect(opened.store.drafts.get('room')).toBe('古い版');
  opened.store.close();
  const copy = readdirSync(path.dirname(file)).find((name) => name.startsWith('local.before-'))!;
  const kept = openDatabase(path.join(path.dirname(file), copy), key);
  expect(kept.pragma('user_version', { simple: true })).toBe(latestMigration);
  kept.close();
});

it('leaves the file as it was when a migration fails', () => {
  const file = place();
  openStore(file, key, now).store.close();
  const broken = [
    ...migrations,
    { number: latestMigration + 1, name: 'broken', sql: 'CREATE TABLE half (id TEXT); CREATE TABLE rooms (id TEXT)' },
  ];
  expect(() => openStore(file, key, now, broken)).toThrow('already exists');
  const opened = openStore(file, key, now);
  expect(opened.notice).toBeNull();
  opened.store.close();
});

it('derives another key when either part is another', () => {
  const hex = (device: Uint8Array, server: string) => Buffer.from(databaseKey(device, server)).toString('hex');
  expect(hex(key, 'AAAA')).toBe(hex(key, 'AAAA'));
  expect(new Set([hex(key, 'AAAA'), hex(other, 'AAAA'), hex(key, 'AAAB')]).size).toBe(3);
  expect(hex(key, 'AAAA')).toMatch(/^[0-9a-f]{64}$/);
});
