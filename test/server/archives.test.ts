import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { archiveName, uniqueNames } from '../../server/content/archive-names.ts';
import type { BlobStore } from '../../server/context.ts';
import { RawClient } from '../support/raw-client.ts';
import { fetchRaw, myDriveOf, spaceHands } from '../support/raw-files.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let admin: RawClient;
let sato: RawClient;
let tanaka: RawClient;
let hands: ReturnType<typeof spaceHands>;
beforeAll(async () => {
  running = await startTestServer();
  [admin, sato, tanaka] = [new RawClient(running.url), new RawClient(running.url), new RawClient(running.url)];
  await admin.login('admin');
  await sato.login('sato');
  await tanaka.login('tanaka');
  hands = spaceHands(sato, await myDriveOf(sato));
});
afterAll(() => running.close());

const archive = (ids: readonly string[], language = 'ja', client = sato): Promise<Response> =>
  fetchRaw(client, `/api/archives?nodes=${ids.join(',')}`, { headers: { 'accept-language': language } });

/** Every entry by its name, read by another program's rules: sizes and checksums are verified. */
async function entriesOf(response: Response): Promise<Map<string, Buffer>> {
  expect(response.status).toBe(200);
  const zip = await yauzl.fromBufferPromise(Buffer.from(await response.arrayBuffer()));
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const pieces: Buffer[] = [];
    if (!entry.fileName.endsWith('/')) {
      for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    }
    entries.set(entry.fileName, Buffer.concat(pieces));
  }
  return entries;
}

test('a folder comes as one ZIP file with all that is in it, under its name, and the same twice', async () => {
  const top = await hands.folder('決算 2026');
  const inner = await hands.folder('一月', top.id);
  await hands.folder('空', top.id);
  const large = randomBytes(3_000_000);
  await hands.file('写真.jpg', large, inner.id);
  await hands.file('memo.txt', Buffer.from('メモ\n'.repeat(1_000)), top.id);
  await hands.file('空.txt', Buffer.alloc(0), top.id);
  await hands.remove(await hands.file('old.txt', Buffer.from('x'), top.id));
  const response = await archive([top.id]);
  expect(response.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent('決算 2026.zip')}`);
  expect(response.headers.get('content-type')).toBe('application/zip');
  const entries = await entriesOf(response);
  expect([...entries.keys()]).toEqual([
    '決算 2026/',
    '決算 2026/一月/',
    '決算 2026/一月/写真.jpg',
    '決算 2026/空/',
    '決算 2026/memo.txt',
    '決算 2026/空.txt',
  ]);
  expect(entries.get('決算 2026/一月/写真.jpg')!.equals(large)).toBe(true);
  expect(entries.get('決算 2026/memo.txt')!.toString()).toBe('メモ\n'.repeat(1_000));
  const [once, again] = [await archive([top.id]), await archive([top.id])];
  expect(Buffer.from(await once.arrayBuffer()).equals(Buffer.from(await again.arrayBuffer()))).toBe(true);
});

test('files that a rule keeps from the asker are left out and named in a text file, in their language', async () => {
  const top = await hands.folder('混在');
  await hands.file('setup.exe', Buffer.from('MZ'), top.id);
  await hands.file('a.txt', Buffer.from('a'), top.id);
  expect((await admin.call('policy.set', { patch: { blockedExtensions: { drive: ['exe'] } } })).body.ok).toBe(true);
  const ja = await entriesOf(await archive([top.id]));
  expect([...ja.keys()]).toEqual(['混在/', '混在/a.txt', '_除外されたファイル.txt']);
  expect(ja.get('_除外されたファイル.txt')!.toString()).toMatch(/^\uFEFF会社のルール.*\r\n\r\n混在\/setup\.exe\r\n$/);
  const en = await entriesOf(await archive([top.id], 'en-GB,ja;q=0.5'));
  expect([...en.keys()].at(-1)).toBe('_left-out-files.txt');
  expect((await admin.call('policy.set', { patch: { blockedExtensions: { drive: [] } } })).body.ok).toBe(true);
});

test('what was given is written down as downloads while the rule says so', async () => {
  expect((await admin.call('policy.set', { patch: { files: { downloadLog: true } } })).body.ok).toBe(true);
  const top = await hands.folder('記録');
  await hands.file('見積.xlsx', Buffer.from('12345'), top.id);
  await entriesOf(await archive([top.id]));
  const { entries } = (await admin.call('download.search', { text: '見積.xlsx' })).body.value as { entries: unknown[] };
  expect(entries).toMatchObject([{ name: '見積.xlsx', sizeBytes: 5, service: 'drive', memberId: 'member-sato' }]);
  expect((await admin.call('policy.set', { patch: { files: { downloadLog: false } } })).body.ok).toBe(true);
});

test('several things come under the name of the folder they lie in, names that meet are numbered, and what is unknown is not found', async () => {
  const top = await hands.folder('案件');
  const [a, b] = [await hands.folder('A', top.id), await hands.folder('B', top.id)];
  const [one, two] = [await hands.file('同じ.txt', Buffer.from('1'), a.id), await hands.file('同じ.txt', Buffer.from('2'), b.id)];
  const together = await archive([a.id, b.id]);
  expect(together.headers.get('content-disposition')).toContain(encodeURIComponent('案件.zip'));
  await together.body!.cancel();
  const apart = await archive([one.id, two.id]);
  expect(apart.headers.get('content-disposition')).toContain('Drive.zip');
  expect([...(await entriesOf(apart)).keys()]).toEqual(['同じ.txt', '同じ (2).txt']);
  for (const response of [await archive([a.id], 'ja', tanaka), await archive([a.id, 'nothing'])]) expect(response.status).toBe(404);
  expect((await archive([])).status).toBe(400);
  await hands.remove(a);
  expect((await archive([a.id])).status).toBe(404);
});

test('names lead nowhere but into the archive, on every system', () => {
  expect(archiveName('..\\..\\windows\\a.txt')).toBe('.._.._windows_a.txt');
  expect(['..', '.', 'a.', 'b ', 'con', 'NUL.txt', 'COM1', 'console', 'a:b', '\u0001', 'ok.txt'].map(archiveName)).toEqual([
    '__',
    '_',
    'a_',
    'b_',
    '_con',
    '_NUL.txt',
    '_COM1',
    'console',
    'a_b',
    '_',
    'ok.txt',
  ]);
  const unique = uniqueNames();
  expect(['a.txt', 'A.TXT', 'a (2).txt', '.env', '.env'].map(unique)).toEqual(['a.txt', 'A (2).TXT', 'a (2) (2).txt', '.env', '.env (2)']);
});

test('nothing more is read once the asker went away', async () => {
  const blobs = running.services.blobs as { -readonly [K in keyof BlobStore]: BlobStore[K] };
  const read = blobs.read;
  let reads = 0;
  blobs.read = (...asked) => {
    reads += 1;
    return read(...asked);
  };
  try {
    const top = await hands.folder('大きい');
    for (let index = 0; index < 12; index += 1) await hands.file(`${index}.jpg`, randomBytes(4_000_000), top.id);
    const response = await archive([top.id]);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    // Everything else that was under way goes through the same thread, so a later answer comes after the end of the archive.
    const before = reads;
    for (let round = 0; round < 20; round += 1) await sato.call('drive.spaces');
    expect(before).toBeLessThan(30);
    expect(reads - before).toBeLessThan(8);
  } finally {
    blobs.read = read;
  }
});
