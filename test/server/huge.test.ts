import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Chunk, Content, Node, Space } from '#shared/model/drive.ts';
import { RawClient } from '../support/raw-client.ts';
import { fetchRaw, myDriveOf, sendBytes, sha256, spaceHands, valueOf } from '../support/raw-files.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let sato: RawClient;
let space: Space;
let hands: ReturnType<typeof spaceHands>;
beforeAll(async () => {
  running = await startTestServer();
  sato = new RawClient(running.url);
  await sato.login('sato');
  space = await myDriveOf(sato);
  hands = spaceHands(sato, space);
});
afterAll(() => running.close());

const mebibyte = 1024 * 1024;
/** A content of one chunk many times over, as a file of nothing but zeros is. */
const repeated = (chunk: Chunk, times: number): Content => {
  const chunks = Array.from({ length: times }, () => chunk);
  return { contentHash: contentHash(chunks, sha256), sizeBytes: chunk.sizeBytes * times, chunks, modifiedAt: 1, executable: false };
};

test('a file of 200 GB is one request: its list of chunks fits, any stretch of it is read, and it counts in full', async () => {
  const admin = new RawClient(running.url);
  await admin.login('admin');
  await valueOf(admin, 'policy.set', { patch: { files: { driveLimitBytes: 200 * 1_073_741_824 } } });
  const zeros = Buffer.alloc(mebibyte);
  const { content } = await sendBytes(sato, zeros);
  const times = 190_000;
  const huge = repeated({ hash: content.contentHash, sizeBytes: mebibyte }, times);
  const node = await hands.done({ kind: 'create_file', id: randomUUID(), parentId: space.rootId, name: '巨大.img', content: huge });
  expect(node.content?.sizeBytes).toBe(times * mebibyte);
  expect((await myDriveOf(sato)).usedBytes).toBeGreaterThanOrEqual(times * mebibyte);
  const at = 123_456 * mebibyte - 3;
  const part = await fetchRaw(sato, `/api/files/${node.id}/content`, { headers: { range: `bytes=${at}-${at + 9}` } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${at}-${at + 9}/${times * mebibyte}`]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.alloc(10));
  const last = await fetchRaw(sato, `/api/files/${node.id}/content`, { headers: { range: 'bytes=-1' } });
  expect([last.status, (await last.arrayBuffer()).byteLength]).toEqual([206, 1]);
  const whole = await fetchRaw(sato, `/api/files/${node.id}/content`);
  expect(whole.headers.get('content-length')).toBe(String(times * mebibyte));
  await whole.body!.cancel();
}, 120_000);

test('a batch of changes is refused beyond 32 MiB before it is read, and so is any other input beyond one', async () => {
  const put = (name: string, sizeBytes: number) =>
    fetchRaw(sato, `/api/${name}`, { method: 'POST', body: `{"a":"${'x'.repeat(sizeBytes - 8)}"}` });
  expect((await put('drive.mutate', 32 * mebibyte)).status).toBe(400);
  expect((await put('drive.mutate', 32 * mebibyte + 1)).status).toBe(413);
  expect((await put('drive.children', mebibyte + 1)).status).toBe(413);
});

test('folders lie 200 deep: made in one batch, listed parents first, packed, moved and deleted', async () => {
  const ids = Array.from({ length: 200 }, () => randomUUID());
  const drafts = ids.map((id, index) => ({
    ...({ kind: 'create_folder', id, name: `段${index}` } as const),
    parentId: index === 0 ? space.rootId : ids[index - 1]!,
  }));
  for (const result of await hands.run(drafts)) expect(result.kind).toBe('applied');
  await hands.file('底.txt', Buffer.from('底'), ids.at(-1));
  const deepest = await valueOf<{ path: { id: string }[] }>(sato, 'drive.children', { folderId: ids.at(-1) });
  expect(deepest.path.map(({ id }) => id)).toEqual([space.rootId, ...ids]);
  const { nodes } = await valueOf<{ nodes: Node[] }>(sato, 'drive.changes', { spaceId: space.id, cursor: null });
  const seen = new Set<string | null>([null]);
  for (const node of nodes) {
    expect(seen.has(node.parentId)).toBe(true);
    seen.add(node.id);
  }
  const archive = await fetchRaw(sato, `/api/archives?nodes=${ids[0]!}`);
  expect([archive.status, Buffer.from(await archive.arrayBuffer()).includes('底.txt')]).toEqual([200, true]);
  const cycle = await hands.run([{ kind: 'move', nodeId: ids[0]!, parentId: ids.at(-1)!, name: 'x' }]);
  expect(cycle[0]).toMatchObject({ kind: 'conflict', reason: 'cycle' });
  await hands.done({ kind: 'delete', nodeId: ids[0]!, baseVersion: 0 });
  expect(await valueOf(sato, 'drive.purge', { spaceId: space.id, nodeIds: [ids[0]!] })).toEqual({ purged: 1 });
});

test('an upload that broke off in the middle goes on with what is missing alone', async () => {
  const bytes = randomBytes(24 * mebibyte);
  const pieces = Array.from({ length: 24 }, (_, index) => bytes.subarray(index * mebibyte, (index + 1) * mebibyte));
  const packOf = (some: readonly Buffer[]) => encodePack(some.map((piece) => ({ hash: sha256(piece), bytes: piece })));
  expect((await fetchRaw(sato, '/api/content/pack', { method: 'PUT', body: packOf(pieces.slice(0, 10)) as BodyInit })).status).toBe(200);
  const second = packOf(pieces.slice(10, 20));
  const torn = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(second.subarray(0, second.length / 2));
      controller.error(new Error('the network went away'));
    },
  });
  await expect(fetchRaw(sato, '/api/content/pack', { method: 'PUT', body: torn, duplex: 'half' } as RequestInit)).rejects.toThrow(
    /network went away|fetch failed/,
  );
  const { content, sentBytes } = await sendBytes(sato, bytes);
  expect(sentBytes).toBe(14 * mebibyte);
  const node = await hands.done({ kind: 'create_file', id: randomUUID(), parentId: space.rootId, name: '再開.bin', content });
  const got = await fetchRaw(sato, `/api/files/${node.id}/content`);
  expect(sha256(new Uint8Array(await got.arrayBuffer()))).toBe(sha256(bytes));
  expect((await sendBytes(sato, bytes)).sentBytes).toBe(0);
});

test('a drive that fills up in the middle of an upload refuses the file, loses nothing, and takes it once there is room', async () => {
  const admin = new RawClient(running.url);
  await admin.login('admin');
  const limit = async (myDriveQuotaBytes: number | null) => {
    expect((await admin.call('policy.set', { patch: { drive: { myDriveQuotaBytes } } })).body.ok).toBe(true);
  };
  const tanaka = new RawClient(running.url);
  await tanaka.login('tanaka');
  const own = await myDriveOf(tanaka);
  const theirs = spaceHands(tanaka, own);
  await limit(3 * mebibyte);
  const judge = () => valueOf(tanaka, 'file.judge', { service: 'drive', name: 'a.bin', sizeBytes: 2 * mebibyte, spaceId: own.id });
  expect(await judge()).toEqual({ allowed: true });
  const { content } = await sendBytes(tanaka, randomBytes(2 * mebibyte));
  // Meanwhile another of their programs put something there.
  const other = await theirs.file('other.bin', randomBytes(1.5 * mebibyte));
  const draft = { kind: 'create_file', id: randomUUID(), parentId: own.rootId, name: 'a.bin', content } as const;
  expect((await theirs.run([draft]))[0]).toMatchObject({ kind: 'refused', reason: 'quota_exceeded' });
  expect(await judge()).toMatchObject({ allowed: false, reason: 'quota_exceeded' });
  expect((await myDriveOf(tanaka)).usedBytes).toBe(1.5 * mebibyte);
  // The trash counts, so deleting alone gives no room; purging does.
  await theirs.remove(other);
  expect((await theirs.run([draft]))[0]).toMatchObject({ kind: 'refused' });
  await valueOf(tanaka, 'drive.emptyTrash', { spaceId: own.id });
  expect((await theirs.run([draft]))[0]).toMatchObject({ kind: 'applied' });
  expect((await myDriveOf(tanaka)).usedBytes).toBe(2 * mebibyte);
  await limit(null);
});
