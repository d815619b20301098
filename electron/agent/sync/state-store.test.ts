import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../store/database.ts';
import { decodeNode, encodeNode, type NodeRows } from './node-codec.ts';
import type { LocalRow, RemoteRow, SyncedRow } from './rows.ts';
import { StateStore } from './state-store.ts';

const key = new Uint8Array(32);

const id = fc.oneof(fc.uuid(), fc.constantFrom('root', 'node-1', '0190F000-0000-7000-8000-000000000000'));
const hash = fc.constantFrom('a'.repeat(64), '0123456789abcdef'.repeat(4), 'ff'.repeat(32));
const token = fc.oneof(
  hash,
  hash.map((text) => `${text}+x`),
  fc.constant('no hash'),
);
const name = fc.oneof(fc.string(), fc.constantFrom('か\u3099.txt', 'が.txt', 'Straße', 'a', 'A'));
const number = fc.nat({ max: 2 ** 31 });
const time = fc.integer({ min: 0, max: 8_000_000_000_000_000 });
const chunks = fc.oneof(fc.constant(null), fc.array(fc.record({ hash, sizeBytes: number }), { minLength: 0, maxLength: 3 }));
const numbers = fc.oneof(
  fc.tuple(fc.bigInt(0n, 2n ** 63n - 1n), fc.bigInt(0n, 2n ** 64n), fc.bigInt(-5n, 2n ** 62n)).map((parts) => parts.join(':')),
  fc.constantFrom('', 'x', '01:2:3', '1:2', '-0:1:2'),
);
const place = { parentId: fc.oneof(fc.constant(null), id), name };

const remote = (kind: 'file' | 'folder') =>
  fc
    .record({
      ...place,
      version: number,
      sizeBytes: time,
      trashed: fc.boolean(),
      revision: number,
      sequence: time,
      odd: token,
      isOdd: fc.boolean(),
    })
    .chain((base) =>
      fc.record({ contentHash: hash, sizeBytes: time, chunks, modifiedAt: time, executable: fc.boolean() }).map((file) => {
        const { odd, isOdd, ...rest } = base;
        if (kind === 'folder') return { ...rest, kind, content: null, file: null };
        if (isOdd) return { ...rest, kind, content: odd, file };
        const content = file.executable ? `${file.contentHash}+x` : file.contentHash;
        return { ...rest, kind, content, sizeBytes: file.sizeBytes, file };
      }),
    );
const local = (kind: 'file' | 'folder') =>
  fc
    .record({
      ...place,
      kind: fc.constant(kind),
      content: kind === 'folder' ? fc.constant(null) : fc.oneof(fc.constant(null), token),
      sizeBytes: time,
      diskName: name,
      identity: numbers,
      stamp: numbers,
      modifiedAt: time,
      executable: fc.boolean(),
      racy: fc.boolean(),
    })
    .chain((row) => fc.boolean().map((foreign) => (foreign ? { ...row, foreign: true } : row)));
const synced = (kind: 'file' | 'folder') =>
  fc.record({
    ...place,
    kind: fc.constant(kind),
    content: kind === 'folder' ? fc.constant(null) : token,
    version: number,
    chunks,
  });
const node: fc.Arbitrary<{ id: string } & NodeRows> = fc.constantFrom('file' as const, 'folder' as const).chain((kind) =>
  fc
    .record({
      id,
      remote: fc.option(remote(kind), { nil: undefined }),
      local: fc.option(local(kind), { nil: undefined }),
      synced: fc.option(synced(kind), { nil: undefined }),
      agree: fc.boolean(),
    })
    .map(({ id: nodeId, agree, ...rows }) => {
      const first = rows.remote ?? rows.local ?? rows.synced;
      const common = agree && first !== undefined ? { parentId: first.parentId, name: first.name } : {};
      const take = <R extends object>(row: R | undefined) => (row === undefined ? undefined : { ...row, id: nodeId, ...common });
      return {
        id: nodeId,
        remote: take(rows.remote) as RemoteRow | undefined,
        local: take(rows.local) as LocalRow | undefined,
        synced: take(rows.synced) as SyncedRow | undefined,
      };
    })
    .filter((rows) => rows.remote !== undefined || rows.local !== undefined || rows.synced !== undefined),
);

describe('a node as one row', () => {
  it('comes back exactly as it was written, whatever the trees say of it', () => {
    fc.assert(
      fc.property(node, ({ id: nodeId, ...rows }) => {
        expect(decodeNode(encodeNode(nodeId, rows))).toEqual({ id: nodeId, ...rows });
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('the state store', () => {
  const fill = (store: StateStore, nodes: readonly ({ id: string } & NodeRows)[]): void => {
    for (const rows of nodes) {
      if (rows.remote !== undefined) store.remote.put(rows.remote);
      if (rows.local !== undefined) store.local.put(rows.local);
      if (rows.synced !== undefined) store.synced.put(rows.synced);
    }
  };

  it('answers every question as three maps would, before and after it is written', () => {
    const nodes = fc.uniqueArray(node, { maxLength: 12, selector: ({ id: nodeId }) => nodeId });
    fc.assert(
      fc.property(nodes, fc.array(fc.nat(11), { maxLength: 4 }), fc.boolean(), (made, gone, written) => {
        const store = new StateStore(openDatabase(null, key));
        fill(store, made);
        if (written) store.commit();
        const maps = { remote: new Map<string, RemoteRow>(), local: new Map<string, LocalRow>(), synced: new Map<string, SyncedRow>() };
        for (const tree of ['remote', 'local', 'synced'] as const) {
          for (const rows of made) if (rows[tree] !== undefined) (maps[tree] as Map<string, unknown>).set(rows.id, rows[tree]);
          for (const index of gone) if (made[index] !== undefined) store[tree].delete(made[index].id);
          for (const index of gone) if (made[index] !== undefined) maps[tree].delete(made[index].id);
          const byId = (rows: Iterable<{ id: string }>) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(byId(store[tree].values())).toEqual(byId(maps[tree].values()));
          expect(store[tree].size).toBe(maps[tree].size);
          for (const { id: nodeId, parentId, name: itsName } of maps[tree].values()) {
            expect(store[tree].get(nodeId)).toEqual(maps[tree].get(nodeId));
            if (parentId === null) continue;
            const siblings = [...maps[tree].values()].filter((row) => row.parentId === parentId);
            expect(byId(store[tree].children(parentId))).toEqual(byId(siblings));
            expect(store[tree].occupants(parentId, itsName).map((row) => row.id)).toContain(nodeId);
          }
        }
        for (const row of maps.local.values())
          expect(store.nodes.localByIdentity(row.identity).map(({ id: nodeId }) => nodeId)).toContain(row.id);
        store.close();
      }),
      { numRuns: 120 },
    );
  });

  it('T8: takes no more than 450 bytes a file on the disk, with all three trees and what finds them', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hikyaku-state-'));
    const file = path.join(folder, 'state.db');
    const store = new StateStore(openDatabase(file, key));
    const count = 5_000;
    const ids = Array.from({ length: count }, (_, index) => createHash('sha256').update(`id ${index}`).digest('hex').slice(0, 32));
    const uuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const base = (index: number) => ({
      id: uuid(ids[index]!),
      parentId: uuid(ids[index - (index % 10)]!),
      name: `note ${index} 議事録.txt`,
    });
    const hashOf = (index: number): string => createHash('sha256').update(String(index)).digest('hex');
    for (let index = 0; index < count; index += 1) {
      const contentHash = hashOf(index);
      const content = { contentHash, sizeBytes: 4_000 + index, chunks: null, modifiedAt: 1_763_456_300_123, executable: false };
      const counted = { version: 1, revision: 1, sequence: 70_000 + index, trashed: false, sizeBytes: content.sizeBytes };
      store.remote.put({ ...base(index), kind: 'file', content: contentHash, ...counted, file: content });
    }
    store.commit();
    for (let index = 0; index < count; index += 1) {
      const written = 1_763_456_300_123_456_789n + BigInt(index);
      const stamp = { identity: `2049:${1_000_000 + index}:${written}`, stamp: `${4_000 + index}:${written}:${written}` };
      const times = { modifiedAt: Number(written / 1_000_000n), executable: false, racy: false };
      const row = { ...base(index), kind: 'file', content: hashOf(index) } as const;
      store.local.put({ ...row, diskName: row.name, sizeBytes: 4_000 + index, ...stamp, ...times });
      store.synced.put({ ...row, version: 1, chunks: null });
    }
    store.close();
    expect(statSync(file).size / count).toBeLessThan(450);
    rmSync(folder, { recursive: true });
  });

  it('takes over the state of an earlier program as it is, and is refused one of a later', () => {
    const kinds = fc.uniqueArray(node, { minLength: 1, maxLength: 30, selector: ({ id: nodeId }) => nodeId });
    fc.assert(
      fc.property(kinds, (nodes) => {
        const database = openDatabase(null, key);
        database.exec(`
          CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE remote (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE local (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE synced (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE pending (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, mutation TEXT NOT NULL);
          CREATE TABLE journal (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE notes (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, row TEXT NOT NULL);
          CREATE INDEX notes_by_kind ON notes (kind, place);
          INSERT INTO meta VALUES ('cursor', '{"epoch":"e","sequence":7}');
          INSERT INTO pending VALUES (1, 'key', '{}');
          PRAGMA user_version = 1;
        `);
        for (const tree of ['remote', 'local', 'synced'] as const) {
          const insert = database.prepare<[string, string]>(`INSERT INTO ${tree} (id, row) VALUES (?, ?)`);
          for (const rows of nodes) if (rows[tree] !== undefined) insert.run(rows.id, JSON.stringify(rows[tree]));
        }
        const store = new StateStore(database);
        for (const rows of nodes) {
          for (const tree of ['remote', 'local', 'synced'] as const) expect(store[tree].get(rows.id)).toEqual(rows[tree]);
        }
        expect(store.meta('cursor')).toBe('{"epoch":"e","sequence":7}');
        expect(store.pending).toEqual([{ key: 'key', mutation: '{}' }]);
        expect(store.dirty).toBe(false);
        store.close();
      }),
      { numRuns: 50 },
    );
    const later = openDatabase(null, key);
    later.pragma('user_version = 3');
    expect(() => new StateStore(later)).toThrow('version 3');
  });

  it('forgets what was told since the last commit when that is taken back', () => {
    const store = new StateStore(openDatabase(null, key));
    const row = { id: 'a', parentId: 'root', name: 'a', kind: 'folder', content: null, version: 0, chunks: null } as const;
    store.synced.put(row);
    store.commit();
    for (let index = 0; index < 5_000; index += 1) store.synced.put({ ...row, id: `n${index}` });
    store.synced.delete('a');
    expect([store.synced.size, store.dirty]).toEqual([5_000, true]);
    store.rollback();
    expect([store.synced.size, store.dirty, store.synced.get('a')]).toEqual([1, false, row]);
    store.close();
  });
});
