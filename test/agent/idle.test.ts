import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { NodeHttp } from '../../electron/agent/transport/http.ts';
import { asAdministrator, setRules } from './support/administrator.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
import { bytesOf, countedPacks } from './support/counted-packs.ts';
import { minute, movedClock, type MovedClock } from './support/moved-clock.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { startSyncParts } from './support/sync-parts.ts';

let server: ServerProcess;
const agents: TestAgent[] = [];
beforeAll(async () => {
  server = await startServerProcess();
  await setRules(server.url, { idleLogout: { pcAppMinutes: 30 } });
});
afterAll(() => server.close());
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    expect(agent.bugs).toEqual([]);
  }
});

interface Desk {
  readonly agent: TestAgent;
  readonly clock: MovedClock;
  readonly keychain: TestKeychain;
  readonly profile: string;
}

async function start(options: Partial<Desk> & { http?: NodeHttp; parts?: Parameters<typeof startAgent>[0]['parts'] } = {}): Promise<Desk> {
  const { clock = movedClock(), keychain = testKeychain(), profile = tempFolder('idle'), http, parts } = options;
  const given = { ...(http === undefined ? {} : { http }), ...(parts === undefined ? {} : { parts }) };
  const agent = await startAgent({ profile, keychain, clock, ...given });
  agents.push(agent);
  return { agent, clock, keychain, profile };
}

async function login(agent: TestAgent, member = 'sato'): Promise<string> {
  const input = { serverUrl: server.url, member, password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(agent.workspace['account.login'](input));
  await eventually('online', async () => (await accountOf(agent, accountId))?.connection === 'online');
  await eventually('rooms', async () => (await agent.workspace['room.list']({ accountId })).rooms.length > 0);
  return accountId;
}

const accountOf = async (agent: TestAgent, accountId: string) =>
  (await agent.workspace['account.list']({})).accounts.find((account) => account.accountId === accountId);
const isLoggedOut = async ({ workspace }: TestAgent) => (await workspace['account.list']({})).accounts.length === 0;
const warnings = ({ events }: TestAgent) => events.flatMap((event) => (event.type === 'idle.warning' ? [event.endsAt] : []));
const myDrive = (agent: TestAgent, accountId: string) =>
  eventually('my drive', async () => (await agent.workspace['drive.spaces']({ accountId })).spaces.find(({ kind }) => kind === 'my'));
const firstRoom = async (agent: TestAgent, accountId: string) => (await agent.workspace['room.list']({ accountId })).rooms[0]!.id;

it('warns a minute before, stays when somebody moves, and logs out when nobody does (ACC-33)', async () => {
  const { agent, clock, keychain } = await start();
  const accountId = await login(agent);
  const sessionId = agent.accounts.list()[0]!.identity.sessionId;
  clock.pass(28.5 * minute);
  // What the program itself does all the time is not the person's doing (ACC-34).
  await agent.workspace['room.list']({ accountId });
  await agent.workspace['drive.spaces']({ accountId });
  expect(warnings(agent)).toEqual([]);
  clock.pass(0.75 * minute);
  agent.accounts.lookAtClocks();
  const [endsAt] = warnings(agent);
  expect(Math.abs(endsAt! - clock.now() - 0.75 * minute)).toBeLessThan(5_000);
  await agent.workspace['account.active']({});
  expect(warnings(agent).at(-1)).toBeNull();
  expect(await isLoggedOut(agent)).toBe(false);

  clock.pass(30 * minute);
  expect(await isLoggedOut(agent)).toBe(true);
  expect(agent.events).toContainEqual({ type: 'account.ended', accountId, reason: 'session_idle' });
  await expect(agent.workspace['room.list']({ accountId })).rejects.toMatchObject({ code: 'unauthenticated' });
  await eventually('dropped', () => !keychain.entries.has(`${accountId}:session`));
  expect([...keychain.entries.keys()].sort()).toEqual([`${accountId}:database`, `${accountId}:device_key`]);
  const { sessions } = await eventually('told', () =>
    asAdministrator(server.url, async (calls) => {
      const listed = await calls['session.list']({ member: 'sato' });
      return listed.sessions.some(({ id, endedAt }) => id === sessionId && endedAt !== null) && listed;
    }),
  );
  expect(sessions.find(({ id }) => id === sessionId)?.endedReason).toBe('session_idle');
});

it('counts what somebody does elsewhere on the machine, but not at the lock screen', async () => {
  const { agent, clock } = await start();
  await login(agent);
  for (let round = 0; round < 4; round += 1) {
    clock.pass(20 * minute);
    agent.accounts.machineIdle(5_000);
  }
  expect(await isLoggedOut(agent)).toBe(false);
  agent.accounts.screenLocked(true);
  clock.pass(20 * minute);
  agent.accounts.machineIdle(0);
  await agent.workspace['account.active']({});
  agent.accounts.screenLocked(false);
  expect(await isLoggedOut(agent)).toBe(false);
  agent.accounts.screenLocked(true);
  clock.pass(29 * minute);
  agent.accounts.machineIdle(0);
  clock.pass(2 * minute);
  agent.accounts.screenLocked(false);
  expect(await isLoggedOut(agent)).toBe(true);
});

it('is logged out before anything is shown after a sleep that was longer than the rule, also where the clock was turned back', async () => {
  const { agent, clock } = await start();
  const accountId = await login(agent);
  clock.setWall(31 * minute);
  // The first thing after the wake-up is somebody who moves the mouse.
  await agent.workspace['account.active']({});
  await expect(agent.workspace['room.list']({ accountId })).rejects.toMatchObject({ code: 'unauthenticated' });

  const again = await login(agent);
  clock.pass(20 * minute);
  agent.accounts.lookAtClocks();
  clock.setWall(-300 * minute);
  agent.accounts.lookAtClocks();
  expect((await accountOf(agent, again))?.accountId).toBe(again);
  clock.setWall(11 * minute);
  expect(await isLoggedOut(agent)).toBe(true);
});

it('counts the time while the program was closed', async () => {
  const first = await start();
  const accountId = await login(first.agent);
  const roomId = await firstRoom(first.agent, accountId);
  await first.agent.workspace['draft.set']({ accountId, roomId, text: '閉じる前に書いた' });
  first.clock.pass(10 * minute);
  await first.agent.close();
  first.clock.setWall(15 * minute);
  const second = await start(first);
  expect((await second.agent.account()).accountId).toBe(accountId);
  await second.agent.close();
  first.clock.setWall(6 * minute);
  const third = await start(first);
  expect(await isLoggedOut(third.agent)).toBe(true);
  expect(third.agent.events).toContainEqual({ type: 'account.ended', accountId, reason: 'session_idle' });
  await login(third.agent);
  expect(await third.agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '閉じる前に書いた' });
});

it('each account has the rule of its own company, and a stricter rule is in force at once', async () => {
  const other = await startServerProcess();
  try {
    const { agent, clock } = await start();
    const here = await login(agent);
    const input = { serverUrl: other.url, member: 'sato', password: demoPassword, keepLogin: true };
    const { accountId: there } = await openedAccount(agent.workspace['account.login'](input));
    await eventually('online', async () => (await accountOf(agent, there))?.connection === 'online');
    expect(there).not.toBe(here);
    clock.pass(40 * minute);
    expect((await agent.workspace['account.list']({})).accounts.map(({ accountId }) => accountId)).toEqual([there]);
    expect(agent.events.filter(({ type }) => type === 'account.ended')).toEqual([
      { type: 'account.ended', accountId: here, reason: 'session_idle' },
    ]);
    await setRules(other.url, { idleLogout: { pcAppMinutes: 30 } });
    await eventually('in force', () => isLoggedOut(agent), 3_000);
  } finally {
    await other.close();
  }
});

it('a running upload, an unsent message and a draft survive, and nothing is sent twice', async () => {
  const packs = countedPacks(2);
  const { http, taken } = packs;
  const { agent, clock } = await start({ http });
  const accountId = await login(agent);
  const roomId = await firstRoom(agent, accountId);
  const { id: spaceId, rootId: folderId } = await myDrive(agent, accountId);
  const file = path.join(tempFolder('upload'), '大きな資料.bin');
  const bytes = randomBytes(48 * 1024 * 1024);
  writeFileSync(file, bytes);
  const attached = path.join(path.dirname(file), '添付.bin');
  writeFileSync(attached, randomBytes(64 * 1024));
  const { transferIds } = await agent.workspace['drive.upload']({ accountId, spaceId, folderId, handles: [agent.handle(file)] });
  await eventually('half of it is there', () => taken.length >= 2);
  await agent.workspace['message.send']({
    accountId,
    roomId,
    text: '送り切れなかったもの',
    mentions: [],
    handles: [agent.handle(attached)],
  });
  await agent.workspace['draft.set']({ accountId, roomId, text: '途中まで書いた' });

  clock.pass(31 * minute);
  expect(await isLoggedOut(agent)).toBe(true);
  packs.most = Infinity;
  expect(await login(agent)).toBe(accountId);
  expect(await agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '途中まで書いた' });
  await eventually('uploaded', async () => {
    const { transfers } = await agent.workspace['transfer.list']({ accountId });
    return transfers.find(({ id }) => id === transferIds[0])?.state === 'done';
  });
  await eventually('sent', async () => (await accountOf(agent, accountId))?.unsent === 0);
  expect(new Set(taken).size).toBe(taken.length);
  const sent = bytesOf(taken);
  // Both files once, and a few bytes around each chunk.
  expect(sent).toBeGreaterThanOrEqual(bytes.length);
  expect(sent).toBeLessThan((bytes.length + 64 * 1024) * 1.001);
}, 120_000);

it('edit, idle logout, a deletion elsewhere, login: the deletion applies, the draft is there, and not a byte is sent again', async () => {
  const { http, taken } = countedPacks();
  const sync = startSyncParts();
  const { agent, clock } = await start({ http, parts: sync.parts });
  const accountId = await login(agent, 'suzuki');
  const roomId = await firstRoom(agent, accountId);
  const folder = realpathSync(tempFolder('synced'));
  const space = await myDrive(agent, accountId);
  writeFileSync(path.join(folder, '残す.txt'), 'はじめ');
  writeFileSync(path.join(folder, '消される.txt'), 'いらないもの');
  const rootId = await sync.service.addRoot(accountId, { spaceId: space.id, folder });
  const inStep = () => eventually('in step', () => sync.service.engine(rootId).inStep, 30_000);
  await inStep();
  writeFileSync(path.join(folder, '残す.txt'), '直したもの');
  sync.service.nudge();
  await eventually('sent', () => sync.service.engine(rootId).inStep && taken.length >= 2, 30_000);
  await agent.workspace['draft.set']({ accountId, roomId, text: '書きかけの返事' });

  clock.pass(31 * minute);
  expect(await isLoggedOut(agent)).toBe(true);
  await eventually('stopped', () => sync.service.roots().length === 0);
  const other = await start();
  const there = await login(other.agent, 'suzuki');
  const { nodes } = await other.agent.workspace['drive.children']({ accountId: there, folderId: space.rootId });
  const doomed = nodes.find(({ name }) => name === '消される.txt')!;
  await other.agent.workspace['drive.delete']({ accountId: there, spaceId: space.id, nodeIds: [doomed.id] });

  taken.length = 0;
  expect(await login(agent, 'suzuki')).toBe(accountId);
  await eventually('the deletion applies', () => !existsSync(path.join(folder, '消される.txt')), 30_000);
  await inStep();
  expect(readFileSync(path.join(folder, '残す.txt'), 'utf8')).toBe('直したもの');
  expect(await agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '書きかけの返事' });
  expect(taken).toEqual([]);
  expect(sync.service.engine(rootId).traffic.bytesUp).toBe(0);
  await agent.close();
  await sync.close();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
