import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { Cursor, Node } from '#shared/model/drive.ts';
import { RawClient } from '../support/raw-client.ts';
import { myDriveOf, sendBytes, spaceHands, valueOf } from '../support/raw-files.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
let sato: RawClient;
let tanaka: RawClient;
beforeAll(async () => {
  server = await startTestServer();
  sato = new RawClient(server.url);
  await sato.login('sato');
  tanaka = new RawClient(server.url);
  await tanaka.login('tanaka');
});
afterAll(() => server.close());

/** Pages of this size are made in the thread of listings, smaller ones where every other answer is. */
const long = 10_000;
const short = 1_000;

async function bothWays(client: RawClient, operation: string, input: object): Promise<unknown> {
  const [large, small] = [
    await client.call(operation, { ...input, limit: long }),
    await client.call(operation, { ...input, limit: short }),
  ];
  expect([large.status, large.body]).toEqual([small.status, small.body]);
  expect(large.headers.get('content-type')).toBe('application/json');
  expect(large.headers.get('x-content-type-options')).toBe('nosniff');
  return large.body.value;
}

test('a long listing is what short ones are, to the letter: names, contents, locks, rights, and what is gone', async () => {
  const space = await myDriveOf(sato);
  const hands = spaceHands(sato, space);
  const given = await hands.folder('given');
  const names = ['"quoted" \\ back.txt', '会議 🗾.txt', 'plain.txt', 'line\u2028separator.txt', "it's.txt"];
  const { content } = await sendBytes(sato, Buffer.from('some bytes'));
  for (const name of names) await hands.done({ kind: 'create_file', id: randomUUID(), parentId: given.id, name, content });
  const { content: large } = await sendBytes(sato, Buffer.alloc(5 * 1_048_576, 7).fill('x', 2_000_000), 1_048_576);
  const many = await hands.done({ kind: 'create_file', id: randomUUID(), parentId: given.id, name: 'many.bin', content: large });
  expect(many.content!.chunks).not.toBeNull();
  const inner = await hands.done({ kind: 'create_folder', id: randomUUID(), parentId: given.id, name: 'inner' });
  await hands.done({ kind: 'create_file', id: randomUUID(), parentId: inner.id, name: 'deep.txt', content });
  await hands.done({ kind: 'lock', nodeId: many.id });
  const trashed = await hands.done({ kind: 'create_folder', id: randomUUID(), parentId: given.id, name: 'trashed' });
  await hands.done({ kind: 'delete', nodeId: trashed.id, baseVersion: 0 });
  const members = [{ member: 'member-tanaka', permission: 'edit' }];
  await valueOf(sato, 'drive.setPermissions', { folderId: given.id, members });
  await valueOf(sato, 'drive.setPermissions', { folderId: inner.id, members: [{ member: 'member-tanaka', permission: 'read' }] });

  for (const client of [sato, tanaka]) {
    const spaceId = client === sato ? space.id : given.id;
    const children = (await bothWays(client, 'drive.children', { folderId: given.id })) as { nodes: Node[]; total: number };
    expect(children.nodes.map(({ name }) => name).toSorted()).toEqual([...names, 'many.bin', 'inner'].toSorted());
    expect(children.total).toBe(7);
    expect(children.nodes.find(({ id }) => id === many.id)).toMatchObject({ content: large, lock: {} });
    const listed = (await bothWays(client, 'drive.changes', { spaceId, cursor: null })) as { nodes: Node[]; cursor: Cursor };
    expect(listed.nodes.some(({ name }) => name === 'deep.txt')).toBe(true);
    await bothWays(client, 'drive.changes', { spaceId, cursor: { ...listed.cursor, sequence: 1 } });
    await bothWays(client, 'drive.changes', { spaceId, cursor: { epoch: 'another', sequence: 1 } });
  }

  const { cursor } = await valueOf<{ cursor: Cursor }>(tanaka, 'drive.changes', { spaceId: given.id, cursor: null, limit: short });
  await valueOf(sato, 'drive.setPermissions', { folderId: inner.id, members: [{ member: 'member-tanaka', permission: 'none' }] });
  const after = (await bothWays(tanaka, 'drive.changes', { spaceId: given.id, cursor })) as { nodes: Node[] };
  expect(after.nodes.filter(({ trashed: isGone }) => isGone).length).toBeGreaterThan(0);
});

test('what may not be seen, and what is no question, is refused in the same words', async () => {
  const space = await myDriveOf(sato);
  const hidden = await spaceHands(sato, space).folder('hidden');
  await bothWays(tanaka, 'drive.children', { folderId: hidden.id });
  await bothWays(tanaka, 'drive.changes', { spaceId: space.id, cursor: null });
  await bothWays(sato, 'drive.children', { folderId: hidden.id, after: 'nowhere' });
  expect((await tanaka.call('drive.children', { folderId: hidden.id, limit: long })).status).toBe(404);
  expect((await sato.call('drive.children', { folderId: hidden.id, limit: 10_001 })).status).toBe(400);
  const nobody = new RawClient(server.url);
  expect((await nobody.call('drive.children', { folderId: hidden.id, limit: long })).status).toBe(401);
});

test('what was just written is in the next long listing', async () => {
  const hands = spaceHands(sato, await myDriveOf(sato));
  const folder = await hands.folder('fresh');
  for (let index = 0; index < 20; index += 1) {
    await hands.done({ kind: 'create_folder', id: randomUUID(), parentId: folder.id, name: `f${index}` });
    const { total } = await valueOf<{ total: number }>(sato, 'drive.children', { folderId: folder.id, limit: long });
    expect(total).toBe(index + 1);
  }
});
