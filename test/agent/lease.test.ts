import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { workspace } from '#shared/contract/workspace.ts';
import { DeviceKey } from '../../electron/agent/transport/device-key.ts';
import { setRules } from './support/administrator.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
import { hour, movedClock, type MovedClock } from './support/moved-clock.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

let server: ServerProcess;
const agents: TestAgent[] = [];
beforeAll(async () => {
  server = await startServerProcess();
  await setRules(server.url, { offlineLeaseHours: 2 });
});
afterAll(() => server.close());
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    expect(agent.bugs).toEqual([]);
  }
  await server.kill();
  await server.start();
});

interface Desk {
  readonly agent: TestAgent;
  readonly keychain: TestKeychain;
  readonly profile: string;
  readonly clock: MovedClock;
}

async function start(desk: Partial<Desk> = {}): Promise<Desk> {
  const { keychain = testKeychain(), profile = tempFolder('lease'), clock = movedClock() } = desk;
  const agent = await startAgent({ profile, keychain, clock });
  agents.push(agent);
  return { agent, keychain, profile, clock };
}

async function loggedIn(): Promise<Desk & { accountId: string; roomId: string }> {
  const desk = await start();
  const { agent } = desk;
  const input = { serverUrl: server.url, member: 'sato', password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(agent.workspace['account.login'](input));
  await eventually('online', async () => (await agent.account()).connection === 'online');
  const rooms = async () => (await agent.workspace['room.list']({ accountId })).rooms;
  await eventually('rooms', async () => (await rooms()).length > 0);
  const roomId = (await rooms())[0]!.id;
  await agent.workspace['draft.set']({ accountId, roomId, text: '封をされるもの' });
  return { ...desk, accountId, roomId };
}

/** The program ends, the network goes, time passes, the program starts. */
async function restartOffline(desk: Desk, pass: (clock: MovedClock) => void): Promise<TestAgent> {
  await desk.agent.close();
  await server.kill();
  pass(desk.clock);
  return (await start(desk)).agent;
}

const locked = { connection: 'locked', reason: 'lease_over' };
const kept = ({ keychain }: Desk, accountId: string) =>
  JSON.parse(keychain.entries.get(`${accountId}:session`)!) as {
    identity: { lease: string; databaseKey: string | null; [key: string]: unknown };
    [key: string]: unknown;
  };
const put = ({ keychain }: Desk, accountId: string, session: unknown) =>
  void keychain.entries.set(`${accountId}:session`, JSON.stringify(session));

it('opens without any network while the lease holds, and by itself no more when it is over', async () => {
  const desk = await loggedIn();
  const { accountId, roomId } = desk;
  const first = await restartOffline(desk, (clock) => clock.setWall(1.5 * hour));
  expect(await first.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '封をされるもの' });
  expect((await first.account()).connection).not.toBe('locked');

  desk.clock.pass(0.6 * hour);
  expect(await first.account()).toMatchObject({ ...locked, unread: 0 });
  expect(first.events).toContainEqual({ type: 'account.ended', accountId, reason: 'lease_over' });
  await expect(first.workspace['draft.get']({ accountId, roomId })).rejects.toMatchObject({ details: { reason: 'lease_over' } });
});

it('turning the clock back makes no lease longer: not while it runs, not while it is closed', async () => {
  const desk = await loggedIn();
  const { accountId, roomId } = desk;
  const first = await restartOffline(desk, (clock) => clock.setWall(1 * hour));
  expect((await first.account()).connection).not.toBe('locked');
  for (let round = 0; round < 3; round += 1) {
    desk.clock.setWall(-10 * hour);
    first.accounts.lookAtClocks();
    desk.clock.pass(0.2 * hour);
    first.accounts.lookAtClocks();
  }
  expect((await first.account()).connection).not.toBe('locked');
  await first.close();
  desk.clock.setWall(-100 * hour);
  const second = (await start(desk)).agent;
  expect((await second.account()).connection).not.toBe('locked');
  desk.clock.pass(0.5 * hour);
  expect(await second.account()).toMatchObject(locked);
  await expect(second.workspace['draft.get']({ accountId, roomId })).rejects.toMatchObject({ details: { reason: 'lease_over' } });
});

it('past it, nothing of the content comes through the contract, and neither keychain nor disk opens it', async () => {
  const desk = await loggedIn();
  const { accountId } = desk;
  const { messages } = await desk.agent.workspace['message.list']({ accountId, roomId: desk.roomId });
  const second = await restartOffline(desk, (clock) => clock.setWall(3 * hour));
  expect(await second.account()).toMatchObject(locked);
  const id = '01900000-0000-7000-8000-000000000001';
  // Whatever an operation of the contract asks for: the room, the folder, the transfer are named as they are.
  const input = {
    ...{
      accountId,
      roomId: desk.roomId,
      id,
      messageId: messages.at(-1)!.id,
      fileId: 'f',
      handle: null,
      handles: [],
      nodeId: 'n',
      nodeIds: ['n'],
    },
    ...{
      spaceId: 's',
      folderId: 'f',
      parentId: 'p',
      name: 'n',
      kind: 'group',
      memberIds: [],
      sequence: 1,
      pinned: true,
      text: 'x',
      version: 1,
    },
    ...{ members: [], starred: true, folderIds: [], linkId: 'l', scope: 'company', label: 'l', paused: true },
  };
  const content = /^(directory|room|message|draft|drive|transfer|link|appPassword)\./;
  const ofContent = Object.keys(workspace).filter((name) => content.test(name));
  expect(ofContent.length).toBeGreaterThan(60);
  for (const name of ofContent) {
    const call = (second.workspace as unknown as Record<string, (input: unknown) => Promise<unknown>>)[name]!;
    await expect(
      call({ ...input, ...(name === 'draft.discardFile' ? { handle: 'h' } : name === 'drive.upload' ? { handles: ['h'] } : {}) }),
      name,
    ).rejects.toMatchObject({
      code: 'denied',
      details: { reason: 'lease_over' },
    });
  }
  await eventually('sealed', () => kept(desk, accountId).identity.databaseKey === null);
  const files = readdirSync(desk.profile, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = Buffer.concat(files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name))));
  for (const secret of ['封をされるもの', messages.at(-1)!.text]) expect(bytes.includes(Buffer.from(secret))).toBe(false);
});

it('unlocks by itself when the server answers, with everything that was there', async () => {
  const desk = await loggedIn();
  const { accountId, roomId } = desk;
  const second = await restartOffline(desk, (clock) => clock.setWall(3 * hour));
  expect(await second.account()).toMatchObject(locked);
  await server.start();
  second.accounts.nudge();
  await eventually('online', async () => (await second.account()).connection === 'online');
  expect(await second.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '封をされるもの' });
  expect((await second.account()).reason).toBeNull();
  await eventually('kept again', () => kept(desk, accountId).identity.databaseKey !== null);
});

it('a running program that loses the network is bound by the lease of its last answer', async () => {
  const desk = await loggedIn();
  const { agent, clock, accountId, roomId } = desk;
  // While the line stands a lease is renewed long before it ends.
  const before = kept(desk, accountId).identity.lease;
  clock.pass(1.5 * hour);
  agent.accounts.lookAtClocks();
  await eventually('renewed', () => kept(desk, accountId).identity.lease !== before);
  await server.kill();
  await eventually('offline', async () => (await agent.account()).connection === 'offline');
  await agent.workspace['draft.set']({ accountId, roomId, text: '電波のない所で書いた' });
  clock.pass(1.9 * hour);
  expect((await agent.account()).connection).not.toBe('locked');
  clock.pass(0.2 * hour);
  expect(await agent.account()).toMatchObject(locked);
  await server.start();
  agent.accounts.nudge();
  await eventually('online', async () => (await agent.account()).connection === 'online');
  expect(await agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '電波のない所で書いた' });
});

it('a shorter rule is in the lease at once', async () => {
  const desk = await loggedIn();
  const hours = (lease: string) => (JSON.parse(Buffer.from(lease.split('.')[1]!, 'base64url').toString('utf8')) as { hours: number }).hours;
  expect(hours(kept(desk, desk.accountId).identity.lease)).toBe(2);
  await setRules(server.url, { offlineLeaseHours: 1 });
  await eventually('shorter', () => hours(kept(desk, desk.accountId).identity.lease) === 1, 3_000);
  await setRules(server.url, { offlineLeaseHours: 2 });
});

it('refuses a lease that was written longer, that belongs to another device, or that is missing', async () => {
  const desk = await loggedIn();
  const { accountId, agent, keychain } = desk;
  await agent.close();
  await server.kill();
  const real = kept(desk, accountId);
  const [version, payload, signature] = real.identity.lease.split('.') as [string, string, string];
  const longer = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object), hours: 720 };
  const forged = `${version}.${Buffer.from(JSON.stringify(longer)).toString('base64url')}.${signature}`;
  const key = keychain.entries.get(`${accountId}:device_key`)!;
  const attempts: [string, () => void][] = [
    ['forged', () => put(desk, accountId, { ...real, identity: { ...real.identity, lease: forged } })],
    ['missing', () => put(desk, accountId, { ...real, identity: { ...real.identity, lease: null } })],
    ['not counted', () => put(desk, accountId, { ...real, counted: undefined })],
    ['another session', () => put(desk, accountId, { ...real, identity: { ...real.identity, sessionId: 'other' } })],
    ['another device', () => void keychain.entries.set(`${accountId}:device_key`, DeviceKey.generate().secret)],
  ];
  for (const [what, change] of attempts) {
    put(desk, accountId, real);
    keychain.entries.set(`${accountId}:device_key`, key);
    change();
    const { agent: now } = await start(desk);
    expect(await now.account(), what).toMatchObject(locked);
    await now.close();
  }
  put(desk, accountId, real);
  keychain.entries.set(`${accountId}:device_key`, key);
  const { agent: honest } = await start(desk);
  expect((await honest.account()).connection).not.toBe('locked');
});

it('what a rule locked stays locked over a restart without a network, and opens when the rule no longer holds', async () => {
  const desk = await loggedIn();
  const { accountId, roomId } = desk;
  await setRules(server.url, { network: { mode: 'designated', ranges: ['192.0.2.0/24'] } });
  await eventually('locked', async () => (await desk.agent.account()).reason === 'network_denied');
  await eventually('sealed', () => kept(desk, accountId).identity.databaseKey === null);
  const second = await restartOffline(desk, () => undefined);
  expect(await second.account()).toMatchObject({ connection: 'locked', reason: 'network_denied' });
  await expect(second.workspace['draft.get']({ accountId, roomId })).rejects.toMatchObject({ details: { reason: 'network_denied' } });
  await server.start();
  await setRules(server.url, { network: { mode: 'all', ranges: [] } });
  second.accounts.nudge();
  await eventually('online', async () => (await second.account()).connection === 'online');
  expect(await second.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '封をされるもの' });
});
