import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCache, type CacheKey } from './cache.ts';

let folder: string;
let now = 1_000_000_000_000;
const clock = { now: () => now };
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = (sign: string, tenantId = 'acme'): CacheKey => ({
  tenantId,
  contentHash: sign.repeat(64),
  chunkHash: sign.repeat(64),
  what: 'v1-p1-w256.webp',
});
const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(7);

it('gives what was put, also after a start anew, and to no other tenant', async () => {
  const cache = openCache(folder, 1_000, clock);
  await cache.put(key('a'), bytes(10));
  expect(await cache.get(key('a'))).toHaveLength(10);
  expect(await cache.get(key('a', 'globex'))).toBeNull();
  expect(await openCache(folder, 1_000, clock).get(key('a'))).toHaveLength(10);
});

it('keeps within its bytes: what was not asked for longest goes', async () => {
  const cache = openCache(folder, 100, clock);
  for (const sign of ['a', 'b', 'c']) await cache.put(key(sign), bytes(30));
  await cache.get(key('a'));
  await cache.put(key('d'), bytes(30));
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(async (sign) => (await cache.get(key(sign))) !== null))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  await cache.put(key('e'), bytes(200));
  expect((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())).toEqual([]);
});

it('lets go of what nobody asked for in days', async () => {
  const cache = openCache(folder, 1_000, clock);
  await cache.put(key('a'), bytes(10));
  await cache.put(key('b'), bytes(10));
  now += 20 * 86_400_000;
  await cache.get(key('b'));
  now += 20 * 86_400_000;
  await cache.sweep(30, async (_, hashes) => new Set(hashes));
  expect([await cache.get(key('a')), (await cache.get(key('b')))?.length]).toEqual([null, 10]);
});

it('lets go of what was made of chunks that were collected', async () => {
  const cache = openCache(folder, 1_000, clock);
  await cache.put(key('a'), bytes(10));
  await cache.put({ ...key('a'), what: 'v1-pages.json' }, bytes(10));
  await cache.put(key('b'), bytes(10));
  await cache.put(key('a', 'globex'), bytes(10));
  const asked: unknown[] = [];
  await cache.sweep(30, async (tenantId, hashes) => {
    asked.push([tenantId, hashes.length]);
    return new Set(tenantId === 'acme' ? ['b'.repeat(64)] : hashes);
  });
  expect(asked).toEqual([
    ['acme', 2],
    ['globex', 1],
  ]);
  expect(await cache.get(key('a'))).toBeNull();
  expect([(await cache.get(key('b')))?.length, (await cache.get(key('a', 'globex')))?.length]).toEqual([10, 10]);
});

it('makes anew what a power cut or somebody else emptied', async () => {
  const cache = openCache(folder, 1_000, clock);
  await cache.put(key('a'), bytes(10));
  const [file] = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  await writeFile(path.join(file!.parentPath, file!.name), '');
  expect(await cache.get(key('a'))).toBeNull();
  await cache.put(key('a'), bytes(12));
  expect(await cache.get(key('a'))).toHaveLength(12);
});

it('never makes a path of what is no key of ours', async () => {
  const cache = openCache(folder, 1_000, clock);
  await expect(cache.get({ ...key('a'), tenantId: '../x' })).rejects.toThrow('cache key');
  await expect(cache.put({ ...key('a'), what: '../../x' }, bytes(1))).rejects.toThrow('cache key');
});
