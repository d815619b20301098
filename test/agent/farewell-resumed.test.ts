import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Farewell } from '#shared/model/farewell.ts';
import { fileSecrets } from '../../electron/agent/host/file-secrets.ts';
import { asAdministrator, setRules } from './support/administrator.ts';
import { eventually, tempFolder, testKeychain } from './support/agent.ts';
import { login, openDesk, pathsIn, plantFolder, readable, unseal, type Desk, type Planted } from './support/leaving.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

// ACC-50, ACC-51, EXP-08: programs that were off, offline or killed when their account left.

let server: ServerProcess;
const desks: Desk[] = [];
let takeBack: () => Promise<unknown> = async () => undefined;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    await desk.close();
    expect(desk.agent.bugs).toEqual([]);
  }
  const back = takeBack;
  takeBack = async () => undefined;
  await back();
  await setRules(server.url, { syncedFolders: { logout: 'keep', block: 'keep', wipe: 'erase', leave: 'erase' } });
});
const opened = async (before: Partial<Pick<Desk, 'profile' | 'keychain'>> = {}): Promise<Desk> => {
  const desk = await openDesk(before);
  desks.push(desk);
  return desk;
};
const closed = async (desk: Desk): Promise<void> => {
  desks.splice(desks.indexOf(desk), 1);
  await desk.close();
};
const told = async ({ agent }: Desk): Promise<Farewell[]> => (await agent.workspace['account.farewell']({})).farewells;
const accountsOf = async ({ agent }: Desk) => (await agent.workspace['account.list']({})).accounts;
const newestDevice = (member: string) =>
  asAdministrator(server.url, async (calls) => {
    const { devices } = await calls['device.list']({ member });
    return devices.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)[0]!;
  });
const orderWipe = async (): Promise<string> => {
  const { id } = await newestDevice('sato');
  await asAdministrator(server.url, (calls) => calls['device.wipe']({ deviceId: id }));
  return id;
};
const wipeOf = (id: string) =>
  asAdministrator(server.url, async (calls) => (await calls['device.list']({ member: 'sato' })).devices.find((one) => one.id === id)!.wipe);

/** All that was unsent opens with the same bytes, and nothing else of the account is left. */
async function expectGone(desk: Desk, keychain: ReturnType<typeof testKeychain>, tenant: string, planted: Planted, secret: string) {
  await eventually('told', async () => (await told(desk)).length === 1);
  expect(pathsIn(planted.root)).toEqual([...planted.strange].sort());
  const files = unseal(server, tenant, desk.profile).filter(({ kind }) => kind === 'file');
  for (const [at, bytes] of planted.unsent)
    expect(files.find(({ path: shown }) => shown === path.join(planted.root, at))?.bytes).toEqual(bytes);
  await eventually('no keys', () => keychain.entries.size === 0);
  expect(readable(desk.profile).includes(secret)).toBe(false);
  expect(readdirSync(path.join(desk.profile, 'accounts'))).toEqual([]);
  expect(await accountsOf(desk)).toEqual([]);
}

it.each(['wipe', 'leave'] as const)('a %s while the program was off is carried out at its start, before anything is shown', async (way) => {
  const secret = `消灯後の秘密${way}`;
  const keychain = testKeychain();
  const first = await opened({ keychain });
  const accountId = await login(first, server, 'sato');
  const { tenant } = (await accountsOf(first))[0]!;
  const planted = await plantFolder(first, accountId, secret);
  await closed(first);
  const id = way === 'wipe' ? await orderWipe() : '';
  if (way === 'leave') {
    await asAdministrator(server.url, (calls) => calls['member.delete']({ members: ['sato'] }));
    takeBack = () => asAdministrator(server.url, (calls) => calls['member.undelete']({ member: 'sato' }));
  }
  const again = await openDesk({ profile: first.profile, keychain });
  desks.push(again);
  // Whoever asks first finds nothing.
  expect((await accountsOf(again)).filter(({ connection }) => connection !== 'locked')).toEqual([]);
  await expect(again.agent.workspace['room.list']({ accountId })).rejects.toMatchObject({ code: 'unauthenticated' });
  await expectGone(again, keychain, tenant, planted, secret);
  expect((await told(again))[0]).toMatchObject({ reason: way === 'wipe' ? 'device_wiped' : 'member_deleted', erased: true });
  if (way === 'wipe') expect(await wipeOf(id)).toBe('done');
});

it('a program that is offline keeps working under its lease, and is wiped as soon as it is heard of', async () => {
  const secret = '圏外の秘密';
  const keychain = testKeychain();
  const first = await opened({ keychain });
  const accountId = await login(first, server, 'sato');
  const { tenant } = (await accountsOf(first))[0]!;
  const planted = await plantFolder(first, accountId, secret);
  await closed(first);
  const id = await orderWipe();
  await server.kill();
  const offline = await opened({ profile: first.profile, keychain });
  expect((await offline.agent.workspace['room.list']({ accountId })).rooms.length).toBeGreaterThan(0);
  expect(await told(offline)).toEqual([]);
  await server.start();
  offline.agent.accounts.nudge();
  await expectGone(offline, keychain, tenant, planted, secret);
  expect(await wipeOf(id)).toBe('done');
});

it('a wiped device that was logged out hears of it at the next login: its folders go, all that nobody knows is sealed', async () => {
  const secret = 'ログアウト後の秘密';
  const keychain = testKeychain();
  const desk = await opened({ keychain });
  const accountId = await login(desk, server, 'sato');
  const { tenant } = (await accountsOf(desk))[0]!;
  const planted = await plantFolder(desk, accountId, secret);
  await desk.agent.workspace['account.logout']({ accountId });
  const id = await orderWipe();
  await expect(login(desk, server, 'sato')).rejects.toMatchObject({ details: { reason: 'device_wiped' } });
  await expectGone(desk, keychain, tenant, planted, secret);
  expect(await wipeOf(id)).toBe('done');
  // The same machine may be used again, as a new device.
  expect(await login(desk, server, 'sato')).not.toBe(accountId);
});

it('the other account goes on, with its folder, its draft and its keys', async () => {
  const keychain = testKeychain();
  const desk = await opened({ keychain });
  const sato = await login(desk, server, 'sato');
  const tanaka = await login(desk, server, 'tanaka');
  const gone = await plantFolder(desk, sato, '佐藤の秘密');
  const stays = await plantFolder(desk, tanaka, '田中の秘密');
  const [room] = (await desk.agent.workspace['room.list']({ accountId: tanaka })).rooms;
  await desk.agent.workspace['draft.set']({ accountId: tanaka, roomId: room!.id, text: '田中の下書き' });
  const before = new Map([...stays.sent, ...stays.unsent]);
  const devices = await asAdministrator(server.url, async (calls) => (await calls['device.list']({ member: 'sato' })).devices);
  const newest = devices.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)[0]!;
  await asAdministrator(server.url, (calls) => calls['device.wipe']({ deviceId: newest.id }));
  await eventually('told', async () => (await told(desk)).length === 1);
  expect(pathsIn(gone.root)).toEqual([...gone.strange].sort());
  for (const [at, bytes] of before) expect(readFileSync(path.join(stays.root, at))).toEqual(bytes);
  expect((await accountsOf(desk)).map(({ accountId, connection }) => [accountId, connection])).toEqual([[tanaka, 'online']]);
  expect(await desk.agent.workspace['draft.get']({ accountId: tanaka, roomId: room!.id })).toEqual({ text: '田中の下書き' });
  await eventually('keys', () => [...keychain.entries.keys()].every((name) => name.startsWith(tanaka)));
  desk.sync.service.setPaused(stays.rootId, false);
  await eventually('sent', () => desk.sync.service.engine(stays.rootId).inStep);
});

it('killed in the middle of erasing, the next start goes on, and what was unsent opens whole', async () => {
  await setRules(server.url, { syncedFolders: { logout: 'erase' } });
  const profile = tempFolder('killed');
  const keyFile = path.join(profile, 'keys.json');
  const child = path.join(import.meta.dirname, 'support', 'leaving-child.ts');
  const running = spawn(process.execPath, [child, profile, keyFile, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(running, 'exit');
  const [line] = (await once(createInterface({ input: running.stdout }), 'line')) as [string];
  const { root, outside } = JSON.parse(line) as { root: string; outside: string };
  await eventually('some are gone', () => !existsSync(path.join(root, '0.txt')), 60_000);
  running.kill('SIGKILL');
  await ended;
  const left = pathsIn(root).length;
  expect(left).toBeGreaterThan(5);
  // Somebody works on in what is left.
  writeFileSync(path.join(root, '299.txt'), '途中 299 を書き直した');
  const desk = await opened({ profile, keychain: fileSecrets(keyFile) });
  expect(await told(desk)).toMatchObject([{ occasion: 'logout', folders: [{ folder: root, trouble: null }] }]);
  expect(pathsIn(root)).toEqual(['desktop.ini', '外へ', '資料/外のファイル'].sort());
  expect(pathsIn(outside)).toEqual(['外.txt']);
  const accountId = await login(desk, server, 'sato');
  const { tenant } = (await accountsOf(desk)).find((account) => account.accountId === accountId)!;
  expect(desk.sync.service.roots()).toEqual([]);
  const opened2 = unseal(server, tenant, profile);
  const texts = new Map(opened2.map(({ path: shown, bytes }) => [path.relative(root, shown), bytes.toString()]));
  for (let count = 0; count < 299; count += 1) expect(texts.get(`${count}.txt`)).toBe(`途中 ${count}`);
  expect(opened2.some(({ bytes }) => bytes.toString() === '途中 299 を書き直した')).toBe(true);
}, 120_000);

it('logging out online sends first what was not sent, so that nothing needs to be sealed', async () => {
  await setRules(server.url, { syncedFolders: { logout: 'erase' } });
  const desk = await opened();
  const accountId = await login(desk, server, 'sato');
  const planted = await plantFolder(desk, accountId, '間に合う');
  desk.sync.service.setPaused(planted.rootId, false);
  writeFileSync(path.join(planted.root, '最後の一行.txt'), 'ログアウトの直前');
  await desk.agent.workspace['account.logout']({ accountId });
  expect(await told(desk)).toMatchObject([{ occasion: 'logout', folders: [{ trouble: null }] }]);
  const again = await login(desk, server, 'sato');
  const { spaces } = await desk.agent.workspace['drive.spaces']({ accountId: again });
  const mine = spaces.find(({ kind }) => kind === 'my')!;
  await eventually('there', async () => {
    const { nodes } = await desk.agent.workspace['drive.children']({ accountId: again, folderId: mine.rootId });
    return nodes.some(({ name }) => name === '最後の一行.txt');
  });
});

it('the agent without windows erases its folder when its device was wiped, and seals what nobody has', async () => {
  const state = tempFolder('state');
  const dir = path.join(tempFolder('headless'), '同期');
  const passwordFile = path.join(state, 'password');
  writeFileSync(passwordFile, demoPassword);
  const { spaces } = await asAdministrator(server.url, (calls) => calls['drive.spaces']({}));
  const space = spaces.find(({ kind }) => kind === 'shared')!;
  const given = {
    server: server.url,
    member: 'tanaka',
    'password-file': passwordFile,
    space: space.id,
    dir,
    state,
    'key-file': path.join(state, 'keys.json'),
  };
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  const agent = path.join(import.meta.dirname, '..', '..', 'electron', 'agent', 'headless.ts');
  const run = () => spawnSync(process.execPath, [agent, 'sync', ...args, '--once', '--json'], { encoding: 'utf8', timeout: 60_000 });
  expect(run()).toMatchObject({ status: 0 });
  const received = pathsIn(dir).filter((at) => !at.startsWith('.hikyaku-sync'));
  expect(received.length).toBeGreaterThan(0);
  writeFileSync(path.join(dir, '未送信.txt'), '窓のない秘密');
  const { id } = await newestDevice('tanaka');
  await asAdministrator(server.url, (calls) => calls['device.wipe']({ deviceId: id }));
  const refused = run();
  expect([refused.status, refused.stderr]).toEqual([2, 'An administrator ordered the data on this device to be erased\n']);
  expect(pathsIn(dir)).toEqual([]);
  expect(readFileSync(given['key-file'], 'utf8')).toBe('{}');
  const tenant = await asAdministrator(server.url, async (calls) => (await calls['session.current']({})).identity.tenant);
  const sealed = unseal(server, tenant, state);
  expect(sealed.find(({ path: shown }) => shown === path.join(dir, '未送信.txt'))?.bytes.toString()).toBe('窓のない秘密');
  const told = await asAdministrator(server.url, async (calls) => (await calls['device.list']({ member: 'tanaka' })).devices);
  expect(told.find((device) => device.id === id)?.wipe).toBe('done');
}, 60_000);
