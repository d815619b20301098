import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Transfer } from '#shared/contract/workspace.ts';
import { nodeHttp, type NodeHttp } from '../../electron/agent/transport/http.ts';
import { bytesOf, countedPacks, type CountedPacks } from './support/counted-packs.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { newFolder, personOf, type Person } from './support/person.ts';

const megabyte = 1024 * 1024;
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
});

async function person(packs: CountedPacks, profile = tempFolder('transfers'), keychain = testKeychain()): Promise<Person> {
  const agent = await startAgent({ profile, keychain, http: packs.http });
  agents.push(agent);
  return personOf(agent, server.url, 'sato');
}

const shown = async ({ agent, accountId }: Person, id: string): Promise<Transfer> =>
  (await agent.workspace['transfer.list']({ accountId })).transfers.find((transfer) => transfer.id === id)!;

const inState = (by: Person, id: string, state: Transfer['state']): Promise<Transfer> =>
  eventually(`the transfer is ${state}`, async () => {
    const transfer = await shown(by, id);
    return transfer.state === state && transfer;
  });

async function upload({ agent, accountId, space }: Person, folderId: string, name: string, bytes: Uint8Array): Promise<string> {
  const place = path.join(tempFolder('files'), name);
  writeFileSync(place, bytes);
  const { transferIds } = await agent.workspace['drive.upload']({ accountId, spaceId: space.id, folderId, handles: [agent.handle(place)] });
  return transferIds[0]!;
}

it('pauses an upload over a restart of the program, and sends only the rest when it is resumed', async () => {
  const profile = tempFolder('paused');
  const keychain = testKeychain();
  const packs = countedPacks(2);
  const before = await person(packs, profile, keychain);
  const bytes = randomBytes(24 * megabyte);
  const id = await upload(before, await newFolder(before, '一時停止'), '大きい.bin', bytes);
  await eventually('two packs are there', () => packs.taken.length === 2);
  await before.agent.workspace['transfer.pause']({ accountId: before.accountId, id });
  expect((await shown(before, id)).state).toBe('paused');
  await before.agent.close();
  agents.splice(0);
  const rest = countedPacks();
  const after = await person(rest, profile, keychain);
  expect(await shown(after, id)).toMatchObject({ state: 'paused', sizeBytes: bytes.length });
  expect(rest.taken).toEqual([]);
  await after.agent.workspace['transfer.resume']({ accountId: after.accountId, id });
  await inState(after, id, 'done');
  expect(bytesOf(rest.taken)).toBeLessThan(bytes.length - 8 * megabyte);
});

it('lets small files by while a huge one is on its way', async () => {
  const packs = countedPacks(0);
  const by = await person(packs);
  const folderId = await newFolder(by, '車線');
  const huge: string[] = [];
  for (const name of ['一.bin', '二.bin', '三.bin']) huge.push(await upload(by, folderId, name, randomBytes(17 * megabyte)));
  await eventually('the lanes are full', async () => (await shown(by, huge[1]!)).state === 'running');
  expect((await shown(by, huge[2]!)).state).toBe('queued');
  const small = await upload(by, folderId, '小さい.txt', new Uint8Array());
  await inState(by, small, 'done');
  await by.agent.workspace['transfer.pauseAll']({ accountId: by.accountId, paused: true });
  for (const id of huge) expect((await shown(by, id)).state).toBe('paused');
  for (const id of huge) await by.agent.workspace['transfer.cancel']({ accountId: by.accountId, id });
});

it('goes on with a paused download where it was, and leaves nothing beside the file', async () => {
  const packs = countedPacks();
  const by = await person(packs);
  const folderId = await newFolder(by, '続き');
  const bytes = randomBytes(24 * megabyte);
  await inState(by, await upload(by, folderId, '続き.bin', bytes), 'done');
  const { agent, accountId } = by;
  const [node] = (await agent.workspace['drive.children']({ accountId, folderId })).nodes;
  packs.mostReads = 1;
  const folder = tempFolder('saved');
  const handle = agent.handle(path.join(folder, '続き.bin'));
  const { transferId } = await agent.workspace['drive.download']({ accountId, nodeId: node!.id, handle });
  const id = transferId!;
  await eventually('a part came', async () => (await shown(by, id)).doneBytes > 0);
  await agent.workspace['transfer.pause']({ accountId, id });
  expect(await shown(by, id)).toMatchObject({ state: 'paused' });
  const asked = packs.readBytes;
  packs.mostReads = Infinity;
  await agent.workspace['transfer.resume']({ accountId, id });
  await inState(by, id, 'done');
  expect(packs.readBytes - asked).toBeLessThan(bytes.length - 4 * megabyte);
  expect(readFileSync(path.join(folder, '続き.bin')).equals(bytes)).toBe(true);
  expect(readdirSync(folder)).toEqual(['続き.bin']);
});

it('uploads a folder of small files by few requests, each file where it belongs and judged by the rules', async () => {
  const real = nodeHttp();
  let requests = 0;
  const http: NodeHttp = {
    ...real,
    request: (request) => {
      requests += 1;
      return real.request(request);
    },
  };
  const agent = await startAgent({ profile: tempFolder('many'), keychain: testKeychain(), http });
  agents.push(agent);
  const by = await personOf(agent, server.url, 'sato');
  const folderId = await newFolder(by, 'まとめて');
  const place = path.join(tempFolder('files'), '写真');
  const expected: string[] = [];
  for (let folder = 0; folder < 10; folder += 1) {
    mkdirSync(path.join(place, `${folder}`), { recursive: true });
    for (let file = 0; file < 30; file += 1) {
      writeFileSync(path.join(place, `${folder}`, `${file}.${file % 2 === 0 ? 'txt' : 'csv'}`), randomBytes(200 + file));
      expected.push(`${folder}/${file}`);
    }
  }
  const send = async (): Promise<number> => {
    const handles = [agent.handle(place)];
    const before = requests;
    const { transferIds } = await agent.workspace['drive.upload']({ accountId: by.accountId, spaceId: by.space.id, folderId, handles });
    const { sizeBytes } = await inState(by, transferIds[0]!, 'done');
    expect(sizeBytes).toBe(10 * (200 * 30 + 435));
    return (requests - before) / expected.length;
  };
  expect(await send()).toBeLessThanOrEqual(0.2);
  const list = async (id: string) => (await agent.workspace['drive.children']({ accountId: by.accountId, folderId: id })).nodes;
  const [top] = await list(folderId);
  const found: string[] = [];
  for (const folder of await list(top!.id)) {
    for (const { name, version } of await list(folder.id)) {
      expect(version).toBe(1);
      found.push(`${folder.name}/${name.slice(0, name.indexOf('.'))}`);
    }
  }
  expect(found.toSorted()).toEqual(expected.toSorted());
  // What is there already is neither sent nor made again.
  expect(await send()).toBeLessThanOrEqual(0.2);
  const [again] = await list((await list(top!.id))[0]!.id);
  expect(again!.version).toBe(1);
});
