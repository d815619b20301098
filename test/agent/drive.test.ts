import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { administration as admin } from '#shared/contract/server.ts';
import { connect } from '#shared/contract/operation.ts';
import type { Transfer } from '#shared/contract/workspace.ts';
import type { Space } from '#shared/model/drive.ts';
import { openHeadlessSession } from '../../electron/agent/headless-session.ts';
import { nodeHttp, type NodeHttp } from '../../electron/agent/transport/http.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';

let server: ServerProcess;
const agents: TestAgent[] = [];

beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    expect(agent.bugs).toEqual([]);
  }
  await block([]);
});

async function block(extensions: string[]): Promise<void> {
  const keyFile = path.join(tempFolder('admin'), 'keys.json');
  const session = await openHeadlessSession({
    server: server.url,
    member: 'admin',
    password: demoPassword,
    kind: 'pc-app',
    version: '0.1.0',
    keyFile,
  });
  await connect(admin, session.transport.call)['policy.set']({ patch: { blockedExtensions: { drive: extensions, talk: extensions } } });
  await session.close();
}

interface Person {
  readonly agent: TestAgent;
  readonly accountId: string;
  readonly space: Space;
}

async function person(member: string, http?: NodeHttp): Promise<Person> {
  const agent = await startAgent({ profile: tempFolder(member), keychain: testKeychain(), ...(http === undefined ? {} : { http }) });
  agents.push(agent);
  const { accountId } = await openedAccount(
    agent.workspace['account.login']({ serverUrl: server.url, member, password: demoPassword, keepLogin: false }),
  );
  await eventually('online', async () => (await agent.account()).connection === 'online');
  const space = await eventually('the shared drive', async () =>
    (await agent.workspace['drive.spaces']({ accountId })).spaces.find(({ name }) => name === '営業'),
  );
  return { agent, accountId, space };
}

const settled = async ({ agent, accountId }: Person, id: string): Promise<Transfer> =>
  eventually('the transfer is over', async () => {
    const { transfers } = await agent.workspace['transfer.list']({ accountId });
    return transfers.find((transfer) => transfer.id === id && transfer.state !== 'running' && transfer.state !== 'queued');
  });

async function upload(by: Person, folderId: string, ...places: string[]): Promise<Transfer[]> {
  const handles = places.map((place) => by.agent.handle(place));
  const { transferIds } = await by.agent.workspace['drive.upload']({ accountId: by.accountId, spaceId: by.space.id, folderId, handles });
  return Promise.all(transferIds.map((id) => settled(by, id)));
}

const nodesIn = async ({ agent, accountId }: Person, folderId: string) =>
  (await agent.workspace['drive.children']({ accountId, folderId })).nodes;

async function newFolder(by: Person, name: string): Promise<string> {
  const { agent, accountId, space } = by;
  return (await agent.workspace['drive.createFolder']({ accountId, spaceId: space.id, parentId: space.rootId, name })).node.id;
}

function file(name: string, bytes: Uint8Array | string): string {
  const place = path.join(tempFolder('files'), name);
  writeFileSync(place, bytes);
  return place;
}

it('uploads three files that a colleague sees without asking, and gives back the same bytes', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const folderId = await newFolder(a, '見積もり');
  const big = randomBytes(5_000_000);
  const places = [file('大きい.bin', big), file('小さい.txt', 'こんにちは'), file('空.txt', '')];
  b.agent.events.length = 0;
  const done = await upload(a, folderId, ...places);
  expect(done.map(({ state, doneBytes }) => [state, doneBytes])).toEqual([
    ['done', 5_000_000],
    ['done', 15],
    ['done', 0],
  ]);
  await eventually('a hint at B', () => b.agent.events.some((event) => event.type === 'drive.changed' && event.spaceId === b.space.id));
  const nodes = await nodesIn(b, folderId);
  expect(nodes.map(({ name }) => name).sort()).toEqual(['大きい.bin', '小さい.txt', '空.txt'].sort());
  for (const [name, bytes] of [
    ['大きい.bin', big],
    ['空.txt', Buffer.alloc(0)],
  ] as const) {
    const node = nodes.find((candidate) => candidate.name === name)!;
    const saved = path.join(tempFolder('saved'), name);
    const handle = b.agent.handle(saved);
    const { transferId } = await b.agent.workspace['drive.download']({ accountId: b.accountId, nodeId: node.id, handle });
    expect(await settled(b, transferId!)).toMatchObject({ state: 'done', name, revealable: true });
    expect(readFileSync(saved).equals(bytes)).toBe(true);
    expect(readdirSync(path.dirname(saved))).toEqual([name]);
  }
});

it('makes a new version of a file whose name is taken, and brings old versions and deleted files back', async () => {
  const a = await person('sato');
  const folderId = await newFolder(a, '版');
  await upload(a, folderId, file('議事録.txt', '一'));
  await upload(a, folderId, file('議事録.txt', '二'));
  const [node] = await nodesIn(a, folderId);
  expect(node).toMatchObject({ name: '議事録.txt', version: 2 });
  const nodeId = node!.id;
  const { accountId, space } = a;
  const { versions } = await a.agent.workspace['drive.versions']({ accountId, nodeId });
  expect(versions.some(({ version }) => version === 1)).toBe(true);
  await a.agent.workspace['drive.restoreVersion']({ accountId, spaceId: space.id, nodeId, version: 1 });
  const saved = path.join(tempFolder('saved'), '一.txt');
  const { transferId } = await a.agent.workspace['drive.download']({ accountId, nodeId, version: 1, handle: a.agent.handle(saved) });
  expect((await settled(a, transferId!)).state).toBe('done');
  expect(readFileSync(saved, 'utf8')).toBe('一');

  await nodesIn(a, folderId);
  await a.agent.workspace['drive.delete']({ accountId, spaceId: space.id, nodeIds: [nodeId] });
  expect(await nodesIn(a, folderId)).toEqual([]);
  const trash = await a.agent.workspace['drive.trash']({ accountId, spaceId: space.id });
  expect(trash.nodes.map((row) => row.node.id)).toContain(nodeId);
  await a.agent.workspace['drive.restore']({ accountId, spaceId: space.id, nodeIds: [nodeId] });
  expect((await nodesIn(a, folderId)).map(({ id }) => id)).toEqual([nodeId]);
});

it('does not delete a file that a colleague changed since it was listed', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const folderId = await newFolder(a, '同時');
  await upload(a, folderId, file('共有.txt', '前'));
  const [node] = await nodesIn(a, folderId);
  await upload(b, folderId, file('共有.txt', '後'));
  const attempt = a.agent.workspace['drive.delete']({ accountId: a.accountId, spaceId: a.space.id, nodeIds: [node!.id] });
  await expect(attempt).rejects.toMatchObject({ code: 'conflict', details: { reason: 'version_changed' } });
  expect(await nodesIn(b, folderId)).toHaveLength(1);
});

it('uploads a folder with all that is in it, and lists what a rule refused beside it', async () => {
  await block(['exe']);
  const a = await person('sato');
  const folder = path.join(tempFolder('tree'), '案件');
  mkdirSync(path.join(folder, '図面', '空の場所'), { recursive: true });
  writeFileSync(path.join(folder, '図面', '一階.txt'), '図');
  writeFileSync(path.join(folder, 'setup.exe'), 'MZ');
  writeFileSync(path.join(folder, '最後.txt'), 'ここまで');
  const parent = await newFolder(a, '入れ物');
  const [done] = await upload(a, parent, folder);
  expect(done).toMatchObject({ state: 'done', name: '案件' });
  const [top] = await nodesIn(a, parent);
  const inside = await nodesIn(a, top!.id);
  expect(inside.map(({ name }) => name).sort()).toEqual(['図面', '最後.txt'].sort());
  const drawings = await nodesIn(a, inside.find(({ name }) => name === '図面')!.id);
  expect(drawings.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual(['file 一階.txt', 'folder 空の場所']);
  const { transfers } = await a.agent.workspace['transfer.list']({ accountId: a.accountId });
  expect(transfers.find(({ name }) => name === 'setup.exe')).toMatchObject({
    state: 'refused',
    reason: 'extension_blocked',
    subject: 'exe',
  });
});

it('refuses a blocked extension within a second of the rule, with its reason, in Drive and in Talk', async () => {
  const a = await person('sato');
  const roomId = (
    await eventually('rooms', async () => {
      const { rooms } = await a.agent.workspace['room.list']({ accountId: a.accountId });
      return rooms[0];
    })
  ).id;
  await block(['exe']);
  await eventually('the rule is here', async () => (await a.agent.account()).policy.blockedExtensions.drive.includes('exe'), 1_000);
  const place = file('配布.EXE', 'MZ');
  const [refused] = await upload(a, a.space.rootId, place);
  expect(refused).toMatchObject({ state: 'refused', code: 'denied', reason: 'extension_blocked', subject: 'exe', doneBytes: 0 });
  const attempt = a.agent.workspace['message.send']({
    accountId: a.accountId,
    roomId,
    text: '見てください',
    handles: [a.agent.handle(place)],
  });
  await expect(attempt).rejects.toMatchObject({ code: 'denied', details: { reason: 'extension_blocked', subject: 'exe' } });
  expect((await a.agent.workspace['message.list']({ accountId: a.accountId, roomId })).outgoing).toEqual([]);
  expect(existsSync(place)).toBe(true);
});

/** An HTTP whose packs wait until they are let go. */
function gated(): { http: NodeHttp; waiting(): number; open(): void } {
  const real = nodeHttp();
  const held: (() => void)[] = [];
  let isOpen = false;
  const http: NodeHttp = {
    ...real,
    request: async (request) => {
      if (request.url.endsWith('/api/content/pack') && !isOpen) {
        await new Promise<void>((resolve) => {
          held.push(resolve);
          request.signal?.addEventListener('abort', () => resolve());
        });
      }
      return real.request(request);
    },
  };
  return {
    http,
    waiting: () => held.length,
    open: () => {
      isOpen = true;
      for (const go of held.splice(0)) go();
    },
  };
}

it('cancels an upload so that nothing of it appears, and can begin it again', async () => {
  const gate = gated();
  const a = await person('sato', gate.http);
  const folderId = await newFolder(a, '取り消し');
  const handles = [a.agent.handle(file('長い.bin', randomBytes(9_000_000)))];
  const { transferIds } = await a.agent.workspace['drive.upload']({ accountId: a.accountId, spaceId: a.space.id, folderId, handles });
  await eventually('it is sending', () => gate.waiting() > 0);
  await a.agent.workspace['transfer.cancel']({ accountId: a.accountId, id: transferIds[0]! });
  expect((await settled(a, transferIds[0]!)).state).toBe('cancelled');
  gate.open();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await nodesIn(a, folderId)).toEqual([]);
  await a.agent.workspace['transfer.retry']({ accountId: a.accountId, id: transferIds[0]! });
  await eventually('done after all', async () => (await settled(a, transferIds[0]!)).state === 'done');
  expect(await nodesIn(a, folderId)).toHaveLength(1);
});

it('finishes an upload that a power cut of the server interrupted, whole and once', async () => {
  const gate = gated();
  const a = await person('sato', gate.http);
  const folderId = await newFolder(a, '停電');
  const bytes = randomBytes(12_000_000);
  const handles = [a.agent.handle(file('大切.bin', bytes))];
  const { transferIds } = await a.agent.workspace['drive.upload']({ accountId: a.accountId, spaceId: a.space.id, folderId, handles });
  await eventually('it is sending', () => gate.waiting() > 0);
  await server.kill();
  gate.open();
  await eventually('offline is said', async () => (await a.agent.account()).connection !== 'online');
  expect((await a.agent.workspace['drive.children']({ accountId: a.accountId, folderId: a.space.rootId }).catch(() => null)) === null).toBe(
    true,
  );
  await server.start();
  a.agent.accounts.nudge();
  expect((await settled(a, transferIds[0]!)).state).toBe('done');
  const nodes = await nodesIn(a, folderId);
  expect(nodes).toMatchObject([{ name: '大切.bin', version: 1 }]);
  const saved = path.join(tempFolder('saved'), '大切.bin');
  const { transferId } = await a.agent.workspace['drive.download']({
    accountId: a.accountId,
    nodeId: nodes[0]!.id,
    handle: a.agent.handle(saved),
  });
  expect((await settled(a, transferId!)).state).toBe('done');
  expect(readFileSync(saved).equals(bytes)).toBe(true);
});

it('lists a folder as it last was while there is no network', async () => {
  const a = await person('sato');
  const before = (await nodesIn(a, a.space.rootId)).map(({ name }) => name);
  expect(before.length).toBeGreaterThan(0);
  await server.kill();
  await eventually('offline is said', async () => (await a.agent.account()).connection === 'offline');
  expect((await nodesIn(a, a.space.rootId)).map(({ name }) => name)).toEqual(before);
  await server.start();
});
