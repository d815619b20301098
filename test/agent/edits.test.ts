import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { countedPacks } from './support/counted-packs.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { newFolder, personOf, type Person } from './support/person.ts';

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

/** Somebody with a program that opens whatever it is given. */
async function person(member: string, profile = tempFolder(member), keychain = testKeychain(), http = countedPacks().http) {
  const opened: string[] = [];
  const openPlace = async (place: string) => void opened.push(place);
  const agent = await startAgent({ profile, keychain, openPlace, http });
  agents.push(agent);
  return { ...(await personOf(agent, server.url, member)), opened };
}

async function upload({ agent, accountId, space }: Person, folderId: string, name: string, text: string): Promise<void> {
  const place = path.join(tempFolder('files'), name);
  writeFileSync(place, text);
  const handles = [agent.handle(place)];
  const { transferIds } = await agent.workspace['drive.upload']({ accountId, spaceId: space.id, folderId, handles });
  await eventually('uploaded', async () => {
    const { transfers } = await agent.workspace['transfer.list']({ accountId });
    return transfers.find(({ id }) => id === transferIds[0])?.state === 'done';
  });
}

const nodesIn = async ({ agent, accountId }: Person, folderId: string) =>
  (await agent.workspace['drive.children']({ accountId, folderId })).nodes;

async function textOf({ agent, accountId }: Person, nodeId: string): Promise<string> {
  const place = path.join(tempFolder('read'), 'text');
  const { transferId } = await agent.workspace['drive.download']({ accountId, nodeId, handle: agent.handle(place) });
  await eventually('downloaded', async () => {
    const { transfers } = await agent.workspace['transfer.list']({ accountId });
    return transfers.find(({ id }) => id === transferId)?.state === 'done';
  });
  return readFileSync(place, 'utf8');
}

async function openedFile(by: Person & { opened: string[] }, name: string, text: string) {
  const folderId = await newFolder(by, `編集 ${name} ${by.opened.length} ${Math.random()}`);
  await upload(by, folderId, name, text);
  const [node] = await nodesIn(by, folderId);
  const { agent, accountId } = by;
  const { editId } = await agent.workspace['drive.openExternally']({ accountId, nodeId: node!.id });
  return { folderId, nodeId: node!.id, editId, place: by.opened.at(-1)! };
}

const edit = async ({ agent, accountId }: Person, id: string) =>
  (await agent.workspace['drive.edits']({ accountId })).edits.find((one) => one.id === id);

const versionOf = async (by: Person, folderId: string, nodeId: string) =>
  (await nodesIn(by, folderId)).find(({ id }) => id === nodeId)?.version;

it('sends what a program saves as a new version, also where it replaces the file, and removes the copy when it is closed', async () => {
  const by = await person('sato');
  const { agent, accountId } = by;
  const { folderId, nodeId, editId, place } = await openedFile(by, '議事録.txt', '一');
  expect([path.basename(place), readFileSync(place, 'utf8')]).toEqual(['議事録.txt', '一']);
  expect(statSync(path.dirname(path.dirname(place))).mode & 0o077).toBe(0);
  writeFileSync(place, '二');
  await eventually('the second version', async () => (await versionOf(by, folderId, nodeId)) === 2);
  await eventually('saved', async () => (await edit(by, editId))?.state === 'saved');
  writeFileSync(`${place}.tmp`, '三');
  renameSync(`${place}.tmp`, place);
  writeFileSync(path.join(path.dirname(place), '.~lock.議事録.txt#'), 'me');
  await eventually('the third version', async () => (await versionOf(by, folderId, nodeId)) === 3);
  expect(await textOf(by, nodeId)).toBe('三');
  expect((await nodesIn(by, folderId)).map(({ name }) => name)).toEqual(['議事録.txt']);
  rmSync(path.join(path.dirname(place), '.~lock.議事録.txt#'));
  await agent.workspace['drive.closeEdit']({ accountId, id: editId }).catch(() => undefined);
  await eventually('closed', async () => (await edit(by, editId)) === undefined);
  expect(existsSync(place)).toBe(false);
});

it('never overwrites what somebody else wrote meanwhile: the person’s bytes become a copy beside it', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const { folderId, nodeId, editId, place } = await openedFile(a, '見積.txt', '一');
  await upload(b, folderId, '見積.txt', '田中');
  writeFileSync(place, '佐藤');
  const seen = await eventually('a conflict', async () => {
    const now = await edit(a, editId);
    return now?.state === 'conflict' && now;
  });
  expect(seen.subject).toMatch(/^見積 \(conflict PC-1 .*\)\.txt$/);
  const copy = (await nodesIn(a, folderId)).find(({ name }) => name === seen.subject)!;
  expect([await textOf(a, nodeId), await textOf(a, copy.id)]).toEqual(['田中', '佐藤']);
  writeFileSync(place, '佐藤さらに');
  await eventually('later saves go to the copy', async () => (await versionOf(a, folderId, copy.id)) === 2);
  expect(await textOf(a, nodeId)).toBe('田中');
});

it('keeps what is saved offline and sends it at the next connection', async () => {
  const by = await person('sato');
  const { folderId, nodeId, editId, place } = await openedFile(by, '出先.txt', '一');
  await server.kill();
  await eventually('offline', async () => (await by.agent.account()).connection !== 'online');
  writeFileSync(place, '電車の中で');
  await eventually('it waits', async () => (await edit(by, editId))?.state === 'saving');
  await expect(by.agent.workspace['drive.closeEdit']({ accountId: by.accountId, id: editId })).rejects.toMatchObject({ code: 'conflict' });
  await server.start();
  await eventually('sent', async () => (await versionOf(by, folderId, nodeId)) === 2, 30_000);
  expect(await textOf(by, nodeId)).toBe('電車の中で');
});

it('leaves nothing readable behind at logout, and sends at the next login what could not be sent', async () => {
  const profile = tempFolder('logout');
  const keychain = testKeychain();
  const by = await person('sato', profile, keychain);
  const first = await openedFile(by, '済み.txt', '一');
  const second = await openedFile(by, '未送信.txt', '一');
  await server.kill();
  await eventually('offline', async () => (await by.agent.account()).connection !== 'online');
  writeFileSync(second.place, '送れなかった文章');
  await by.agent.workspace['account.logout']({ accountId: by.accountId });
  expect([first.place, second.place].map((place) => existsSync(place))).toEqual([false, false]);
  const left = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of left) expect(readFileSync(path.join(entry.parentPath, entry.name)).includes('送れなかった文章')).toBe(false);
  await server.start();
  await by.agent.close();
  agents.splice(0);
  const later = await person('sato', profile, keychain);
  await eventually('sent', async () => (await versionOf(later, second.folderId, second.nodeId)) === 2, 30_000);
  expect(await textOf(later, second.nodeId)).toBe('送れなかった文章');
  await eventually(
    'nothing stays',
    async () => (await later.agent.workspace['drive.edits']({ accountId: later.accountId })).edits.length === 0,
  );
  expect(existsSync(second.place)).toBe(false);
});

it('gives a file that a colleague holds for reading only, and says when nothing opens it', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const { folderId, nodeId } = await openedFile(a, '保持.txt', '一');
  await a.agent.workspace['drive.lock']({ accountId: a.accountId, spaceId: a.space.id, nodeId });
  await b.agent.workspace['drive.openExternally']({ accountId: b.accountId, nodeId });
  expect(statSync(b.opened[0]!).mode & 0o222).toBe(0);
  expect(await versionOf(b, folderId, nodeId)).toBe(1);
  const plain = await startAgent({ profile: tempFolder('plain'), keychain: testKeychain() });
  agents.push(plain);
  const c = await personOf(plain, server.url, 'sato');
  await expect(plain.workspace['drive.openExternally']({ accountId: c.accountId, nodeId })).rejects.toMatchObject({
    details: { reason: 'no_program' },
  });
  expect((await plain.workspace['drive.edits']({ accountId: c.accountId })).edits).toEqual([]);
});
