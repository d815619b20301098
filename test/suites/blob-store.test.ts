import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDiskBlobs } from '../../server/store/disk-blobs.ts';
import { memoryBus } from '../../server/store/memory-bus.ts';
import type { Hint } from '../../server/context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-blobs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);

test('what was put is read, whole or in part, also by the next start', async () => {
  const blobs = await openDiskBlobs(folder);
  await blobs.put('tenant/pack-1', bytes);
  await blobs.put('tenant/empty', new Uint8Array(0));
  for (const store of [blobs, await openDiskBlobs(folder)]) {
    expect(await store.read('tenant/pack-1', 0, 1_000)).toEqual(bytes);
    expect(await store.read('tenant/pack-1', 990, 10)).toEqual(bytes.subarray(990));
    expect(await store.read('tenant/empty', 0, 0)).toEqual(new Uint8Array(0));
  }
});

test('an unknown blob is not found, and a range past the end is an error', async () => {
  const blobs = await openDiskBlobs(folder);
  await blobs.put('tenant/pack-1', bytes);
  await expect(blobs.read('tenant/pack-2', 0, 1)).rejects.toMatchObject({ code: 'not_found' });
  await expect(blobs.read('tenant/pack-1', 995, 10)).rejects.toThrow(/ends before byte 1005/);
});

test('a removed blob is gone, and removing it again is no error', async () => {
  const blobs = await openDiskBlobs(folder);
  await blobs.put('tenant/pack-1', bytes);
  await blobs.remove('tenant/pack-1');
  await blobs.remove('tenant/pack-1');
  await expect(blobs.read('tenant/pack-1', 0, 1)).rejects.toMatchObject({ code: 'not_found' });
});

test.each(['../outside', 'a/../../b', '/etc/passwd', 'a//b', '', '.', 'A', 'a\0b', 'a\\b', 'x'.repeat(65), 'a/b/c/d/e'])(
  'the key %j never becomes a path',
  async (key) => {
    const blobs = await openDiskBlobs(path.join(folder, 'blobs'));
    await expect(blobs.put(key, bytes)).rejects.toThrow(/blob key/);
    await expect(blobs.read(key, 0, 1)).rejects.toThrow(/blob key/);
    await expect(blobs.remove(key)).rejects.toThrow(/blob key/);
    expect(await readdir(folder)).toEqual(['blobs']);
  },
);

test('what a crash left half written is cleared away, whole blobs stay', async () => {
  const blobs = await openDiskBlobs(folder);
  await blobs.put('tenant/pack-1', bytes);
  await mkdir(path.join(folder, '.partial'), { recursive: true });
  await writeFile(path.join(folder, '.partial', 'torn'), bytes.subarray(0, 10));
  const again = await openDiskBlobs(folder);
  expect(await readdir(path.join(folder, '.partial'))).toEqual([]);
  expect(await again.read('tenant/pack-1', 0, 1_000)).toEqual(bytes);
});

test('hints come in order to everybody, and a receiver that fails harms nobody', async () => {
  const errors: string[] = [];
  const bus = memoryBus({ info: () => undefined, warn: () => undefined, error: (_fields, message) => void errors.push(message) });
  const received: unknown[] = [];
  const cursorOf = ({ event }: Hint): unknown => (event.type === 'talk.changed' ? event.cursor : event.type);
  bus.subscribe(() => {
    throw new Error('broken');
  });
  const leave = bus.subscribe((hint) => void received.push(cursorOf(hint)));
  for (const cursor of [1, 2, 3]) bus.publish({ tenantId: 't', audience: null, event: { type: 'talk.changed', cursor } });
  expect(received).toEqual([]);
  await Promise.resolve();
  expect(received).toEqual([1, 2, 3]);
  expect(errors).toHaveLength(3);
  leave();
  bus.publish({ tenantId: 't', audience: null, event: { type: 'ping' } });
  await Promise.resolve();
  expect(received).toHaveLength(3);
});
