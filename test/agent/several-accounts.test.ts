import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Account } from '#shared/contract/workspace.ts';
import { statusOf } from '../../electron/agent/status.ts';
import { asAdministrator, setRules } from './support/administrator.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

// ACC-52: accounts of several companies, and of several members of one, in one program.

let here: ServerProcess;
let there: ServerProcess;
const agents: TestAgent[] = [];
beforeAll(async () => {
  [here, there] = await Promise.all([startServerProcess(), startServerProcess()]);
});
afterAll(async () => {
  await here.close();
  await there.close();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    expect(agent.bugs).toEqual([]);
  }
  await setRules(here.url, { keepLogin: { pcApp: true }, network: { mode: 'all', ranges: [] } });
});

interface Desk {
  readonly agent: TestAgent;
  readonly keychain: TestKeychain;
  readonly profile: string;
}

async function start(before: Partial<Desk> = {}): Promise<Desk> {
  const { keychain = testKeychain(), profile = tempFolder('several') } = before;
  const agent = await startAgent({ profile, keychain });
  agents.push(agent);
  return { agent, keychain, profile };
}

const accountsOf = async (agent: TestAgent): Promise<Account[]> => (await agent.workspace['account.list']({})).accounts;
const accountOf = async (agent: TestAgent, accountId: string) =>
  (await accountsOf(agent)).find((account) => account.accountId === accountId);

async function login(agent: TestAgent, server: ServerProcess, member: string): Promise<string> {
  const input = { serverUrl: server.url, member, password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(agent.workspace['account.login'](input));
  await eventually('online', async () => (await accountOf(agent, accountId))?.connection === 'online');
  await eventually('rooms', async () => (await agent.workspace['room.list']({ accountId })).rooms.length > 0);
  return accountId;
}

it('each has its own store, its own keychain entries and its own events', async () => {
  const { agent, keychain, profile } = await start();
  const sato = await login(agent, here, 'sato');
  const suzuki = await login(agent, here, 'suzuki');
  const abroad = await login(agent, there, 'sato');
  const ids = [sato, suzuki, abroad];
  expect(new Set(ids).size).toBe(3);
  expect((await accountsOf(agent)).map(({ serverUrl, member }) => `${member.memberId} ${serverUrl}`)).toEqual([
    `sato ${here.url}`,
    `suzuki ${here.url}`,
    `sato ${there.url}`,
  ]);
  expect(readdirSync(path.join(profile, 'accounts')).sort()).toEqual(ids.toSorted());
  for (const id of ids) {
    expect(existsSync(path.join(profile, 'accounts', id, 'local.db'))).toBe(true);
    for (const entry of ['device_key', 'database', 'session']) expect(keychain.entries.has(`${id}:${entry}`)).toBe(true);
  }
  for (const entry of ['device_key', 'database', 'session']) {
    expect(new Set(ids.map((id) => keychain.entries.get(`${id}:${entry}`))).size).toBe(3);
  }

  const [room] = (await agent.workspace['room.list']({ accountId: sato })).rooms;
  await agent.workspace['draft.set']({ accountId: sato, roomId: room!.id, text: '佐藤だけのもの' });
  expect(await agent.workspace['draft.get']({ accountId: sato, roomId: room!.id })).toEqual({ text: '佐藤だけのもの' });
  // The demo companies are twins, down to their ids: the same room is another one there.
  for (const accountId of [suzuki, abroad]) {
    expect((await agent.workspace['draft.get']({ accountId, roomId: room!.id })).text).toBe('');
  }

  agent.events.length = 0;
  const { roomId } = await agent.workspace['room.create']({
    ...{ accountId: sato, kind: 'direct', name: null },
    memberIds: [(await accountOf(agent, suzuki))!.member.id],
  });
  await agent.workspace['message.send']({ accountId: sato, roomId, text: '二つのアカウントの間で', mentions: [], handles: [] });
  await eventually('told', () => agent.notified.some(({ accountId, text }) => accountId === suzuki && text === '二つのアカウントの間で'));
  expect(agent.notified.filter(({ text }) => text === '二つのアカウントの間で').map(({ accountId }) => accountId)).toEqual([suzuki]);
  const touched = new Set(
    agent.events.flatMap((event) => (event.type === 'messages.changed' && event.roomId === roomId ? [event.accountId] : [])),
  );
  expect(touched).toEqual(new Set([sato, suzuki]));
});

it('badge and tray sum them up, and say offline as soon as one of them is', async () => {
  const { agent } = await start();
  const sato = await login(agent, here, 'sato');
  const abroad = await login(agent, there, 'tanaka');
  const none = { state: () => 'idle' as const, roots: () => [] };
  const sum = async () => {
    const shown = await accountsOf(agent);
    return shown.reduce((total, { unread }) => total + unread, 0);
  };
  expect(await sum()).toBeGreaterThan(0);
  expect(statusOf(agent.accounts.list(), none)).toMatchObject({ unread: await sum(), online: true });
  await there.kill();
  await eventually('offline', async () => (await accountOf(agent, abroad))?.connection === 'offline');
  expect((await accountOf(agent, sato))?.connection).toBe('online');
  expect(statusOf(agent.accounts.list(), none).online).toBe(false);
  await there.start();
  agent.accounts.nudge();
  await eventually('online', () => statusOf(agent.accounts.list(), none).online);
});

it('the rules of one never touch the other: keep login, networks, blocks, logout', async () => {
  const first = await start();
  const { agent, keychain } = first;
  const sato = await login(agent, here, 'sato');
  const abroad = await login(agent, there, 'sato');
  await setRules(here.url, { keepLogin: { pcApp: false } });
  await eventually('dropped', () => !keychain.entries.has(`${sato}:session`), 3_000);
  expect(keychain.entries.has(`${abroad}:session`)).toBe(true);
  await setRules(here.url, { network: { mode: 'designated', ranges: ['192.0.2.0/24'] } });
  await eventually('locked', async () => (await accountOf(agent, sato))?.connection === 'locked');
  const { rooms } = await agent.workspace['room.list']({ accountId: abroad });
  expect(rooms.length).toBeGreaterThan(0);
  await expect(agent.workspace['room.list']({ accountId: sato })).rejects.toMatchObject({ details: { reason: 'network_denied' } });
  await setRules(here.url, { network: { mode: 'all', ranges: [] } });
  await eventually('open', async () => (await accountOf(agent, sato))?.connection === 'online');

  await asAdministrator(here.url, (calls) => calls['session.endAll']({ member: 'sato' }));
  await eventually('ended', async () => (await accountOf(agent, sato)) === undefined, 3_000);
  expect(agent.events.filter(({ type }) => type === 'account.ended').map((event) => 'accountId' in event && event.accountId)).not.toContain(
    abroad,
  );
  await agent.close();

  const second = await start(first);
  expect((await accountsOf(second.agent)).map(({ accountId }) => accountId)).toEqual([abroad]);
  await setRules(here.url, { keepLogin: { pcApp: true } });
  expect(await login(second.agent, here, 'sato')).toBe(sato);
  await second.agent.workspace['account.logout']({ accountId: abroad });
  expect((await accountsOf(second.agent)).map(({ accountId }) => accountId)).toEqual([sato]);
  expect(keychain.entries.has(`${abroad}:session`)).toBe(false);
  expect(keychain.entries.has(`${sato}:session`)).toBe(true);
});
