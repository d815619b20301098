import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { Content, MutationResult, Node, Space } from '#shared/model/drive.ts';
import type { Message } from '#shared/model/talk.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
const clients = new Map<string, RawClient>();
beforeAll(async () => {
  running = await startTestServer();
  for (const member of ['admin', 'sato', 'tanaka']) {
    const client = new RawClient(running.url);
    expect((await client.login(member)).status).toBe(200);
    clients.set(member, client);
  }
});
afterAll(() => running.close());

const as = (member: string): RawClient => clients.get(member)!;
const ask = async <T>(member: string, operation: string, input: unknown): Promise<T> => {
  const { body } = await as(member).call(operation, input);
  expect(body, operation).toMatchObject({ ok: true });
  return body.value as T;
};
const folderOf = async (member: string, roomId: string): Promise<Space | undefined> =>
  (await ask<{ spaces: Space[] }>(member, 'drive.spaces', {})).spaces.find((space) => space.roomId === roomId);
const saidIn = async (roomId: string): Promise<string[]> =>
  (await ask<{ messages: Message[] }>('sato', 'message.list', { roomId })).messages.map(({ text }) => text);
const group = async (name: string, ...members: string[]): Promise<string> => {
  const id = randomUUID();
  await ask('sato', 'room.create', { id, kind: 'group', name, memberIds: members.map((member) => `member-${member}`) });
  return id;
};
const send = async (member: string, text: string): Promise<Content> => {
  const bytes = new TextEncoder().encode(text);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const client = as(member);
  const token = client.grant!.accessToken;
  const headers = {
    authorization: `DPoP ${token}`,
    dpop: client.proof('PUT', '/api/content/pack', token),
    'x-hikyaku-version': client.version,
  };
  const body = encodePack([{ hash, bytes }]) as BodyInit;
  const response = await fetch(`${running.url}/api/content/pack`, { method: 'PUT', headers, body });
  expect(response.status).toBe(200);
  return { contentHash: hash, sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false };
};
const upload = async (member: string, space: Pick<Space, 'id'>, parentId: string, names: string[]): Promise<MutationResult[]> => {
  const content = await send(member, `${names.join()} の中身`);
  const mutations = names.map((name) => ({ kind: 'create_file', key: randomUUID(), id: randomUUID(), parentId, name, content }));
  return (await ask<{ results: MutationResult[] }>(member, 'drive.mutate', { spaceId: space.id, mutations })).results;
};

test('a room of several people has a folder that follows who is in it', async () => {
  const roomId = await group('企画室', 'tanaka');
  const folder = await folderOf('sato', roomId);
  expect(folder).toMatchObject({ kind: 'room', name: '企画室', permission: 'edit', isMaster: true });
  expect(await folderOf('tanaka', roomId)).toMatchObject({ id: folder!.id, permission: 'edit', isMaster: false });
  expect(await folderOf('admin', roomId)).toBeUndefined();
  const open = { folderId: folder!.rootId };
  expect((await as('admin').call('drive.children', open)).status).toBe(404);
  const listener = await listenAs(as('admin'));
  await ask('sato', 'room.invite', { roomId, memberIds: ['member-admin'] });
  await listener.until(ofType('spaces.changed'));
  expect(await folderOf('admin', roomId)).toMatchObject({ id: folder!.id, isMaster: false });
  await ask('admin', 'room.leave', { roomId });
  await listener.until(() => listener.events.filter(ofType('spaces.changed')).length > 1);
  listener.socket.terminate();
  expect(await folderOf('admin', roomId)).toBeUndefined();
  expect((await as('admin').call('drive.children', open)).status).toBe(404);
  // Two who talk to each other have none.
  const pair = randomUUID();
  await ask('sato', 'room.create', { id: pair, kind: 'direct', name: null, memberIds: ['member-tanaka'] });
  expect(await folderOf('sato', pair)).toBeUndefined();
});

test('what is put into the folder is told in the room, once a request, but not what not everybody sees', async () => {
  const roomId = await group('営業室', 'tanaka');
  const folder = (await folderOf('sato', roomId))!;
  await upload('sato', folder, folder.rootId, ['見積.txt']);
  await upload('sato', folder, folder.rootId, ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt']);
  const told = ['「見積.txt」をフォルダーに追加しました。', '「1.txt」「2.txt」「3.txt」ほか2件をフォルダーに追加しました。'];
  expect(await saidIn(roomId)).toEqual(told);
  const closed = randomUUID();
  const made = { kind: 'create_folder', key: randomUUID(), id: closed, parentId: folder.rootId, name: '限定' };
  await ask('sato', 'drive.mutate', { spaceId: folder.id, mutations: [made] });
  // Whoever made the room says who sees what in it (TLK-63); others cannot.
  const members = [{ member: 'tanaka', permission: 'none' }];
  expect((await as('tanaka').call('drive.setPermissions', { folderId: closed, members })).status).toBe(403);
  const { node } = await ask<{ node: Node }>('sato', 'drive.setPermissions', { folderId: closed, members });
  expect(node.restricted).toBe(true);
  await upload('sato', folder, closed, ['査定.txt']);
  await ask('sato', 'drive.setProperties', { spaceId: folder.id, uploadNotices: false });
  await upload('sato', folder, folder.rootId, ['静か.txt']);
  expect(await saidIn(roomId)).toEqual(told);
  const { nodes } = await ask<{ nodes: Node[] }>('tanaka', 'drive.children', { folderId: folder.rootId });
  expect(nodes.some(({ id }) => id === closed)).toBe(false);
});

test('files of messages are kept in the folder where it says so, once', async () => {
  const roomId = await group('開発室', 'tanaka');
  const folder = (await folderOf('sato', roomId))!;
  const content = await send('tanaka', '図面');
  const message = () => {
    const { contentHash, sizeBytes, chunks } = content;
    return { id: randomUUID(), roomId, text: '', files: [{ name: '図面.txt', contentHash, sizeBytes, chunks }] };
  };
  await ask('tanaka', 'message.send', message());
  await ask('sato', 'drive.setProperties', { spaceId: folder.id, keepTalkFiles: true });
  const first = message();
  await ask('tanaka', 'message.send', first);
  await ask('tanaka', 'message.send', first);
  await ask('tanaka', 'message.send', message());
  const list = async (folderId: string) => (await ask<{ nodes: Node[] }>('sato', 'drive.children', { folderId })).nodes;
  const [kept] = await list(folder.rootId);
  expect(kept?.name).toBe('トークファイル');
  expect((await list(kept!.id)).map(({ name, updatedBy }) => [name, updatedBy])).toEqual([
    ['図面 (2).txt', 'member-tanaka'],
    ['図面.txt', 'member-tanaka'],
  ]);
  expect(await saidIn(roomId)).toEqual(['', '', '']);
});
