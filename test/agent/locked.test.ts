import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { administration as admin, type AdministrationContract } from '#shared/contract/server.ts';
import { connect, type Client } from '#shared/contract/operation.ts';
import { openHeadlessSession } from '../../electron/agent/headless-session.ts';
import { HeadlessAccount } from '../../electron/agent/sync/headless-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';

let server: ServerProcess;
let agent: TestAgent | null = null;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
afterEach(async () => {
  await asAdmin((calls) => calls['policy.set']({ patch: { network: { mode: 'all', ranges: [], exceptions: [] } } }));
  await asAdmin((calls) => calls['member.setAppBlock']({ member: 'sato', blocked: false }));
  await agent?.close();
  expect(agent?.bugs ?? []).toEqual([]);
  agent = null;
});

/** As the supreme administrator, whom no rule on networks stops. */
async function asAdmin<T>(run: (calls: Client<AdministrationContract>) => Promise<T>): Promise<T> {
  const session = await openHeadlessSession({
    server: server.url,
    member: 'admin',
    password: demoPassword,
    kind: 'pc-app',
    version: '0.1.0',
    keyFile: path.join(tempFolder('admin'), 'keys.json'),
  });
  try {
    return await run(connect(admin, session.transport.call));
  } finally {
    await session.close();
  }
}

async function loggedIn(): Promise<{ agent: TestAgent; accountId: string; roomId: string }> {
  const started = await startAgent({ profile: tempFolder('locked'), keychain: testKeychain() });
  agent = started;
  const input = { serverUrl: server.url, member: 'sato', password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(started.workspace['account.login'](input));
  const rooms = async () => (await started.workspace['room.list']({ accountId })).rooms;
  await eventually('online', async () => (await started.account()).connection === 'online');
  await eventually('rooms', async () => (await rooms()).length > 0);
  return { agent: started, accountId, roomId: (await rooms())[0]!.id };
}

const only = (...ranges: string[]) => ({ patch: { network: { mode: 'designated' as const, ranges } } });

it('locks at once where the rules do not allow the network, and goes on by itself where they do, logged in and with its draft', async () => {
  const { agent: own, accountId, roomId } = await loggedIn();
  await own.workspace['draft.set']({ accountId, roomId, text: '書きかけ' });
  await asAdmin((calls) => calls['policy.set'](only('192.0.2.0/24')));
  await eventually('locked', async () => (await own.account()).connection === 'locked');
  expect(await own.account()).toMatchObject({ reason: 'network_denied', member: { memberId: 'sato' } });
  for (const call of [
    () => own.workspace['room.list']({ accountId }),
    () => own.workspace['message.list']({ accountId, roomId }),
    () => own.workspace['draft.get']({ accountId, roomId }),
    () => own.workspace['drive.spaces']({ accountId }),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'denied', details: { reason: 'network_denied' } });
  }

  await asAdmin((calls) => calls['policy.set'](only('127.0.0.0/8', '::1')));
  await eventually('online again', async () => (await own.account()).connection === 'online');
  expect((await own.account()).reason).toBeNull();
  expect(await own.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '書きかけ' });
  await own.workspace['message.send']({ accountId, roomId, text: '戻りました', mentions: [], handles: [] });
  await eventually('sent', async () => (await own.account()).unsent === 0);
});

it('locks while apps are blocked and opens again with the login that it had', async () => {
  const { agent: own, accountId, roomId } = await loggedIn();
  await asAdmin((calls) => calls['member.setAppBlock']({ member: 'sato', blocked: true }));
  await eventually('locked', async () => (await own.account()).connection === 'locked');
  expect((await own.account()).reason).toBe('app_blocked');
  await expect(own.workspace['message.list']({ accountId, roomId })).rejects.toMatchObject({ details: { reason: 'app_blocked' } });
  await asAdmin((calls) => calls['member.setAppBlock']({ member: 'sato', blocked: false }));
  await eventually('online again', async () => (await own.account()).connection === 'online');
});

it('a folder kept in step without windows waits out a rule and goes on by itself', async () => {
  const session = await openHeadlessSession({
    server: server.url,
    member: 'sato',
    password: demoPassword,
    kind: 'drive-explorer',
    version: '0.1.0',
    keyFile: path.join(tempFolder('headless'), 'keys.json'),
  });
  const account = new HeadlessAccount(session);
  const happened: string[] = [];
  account.watch((event) => happened.push(event.type === 'connection' ? event.state : event.type));
  account.listen(
    () => {},
    (reason) => happened.push(reason),
  );
  await eventually('listening', () => happened.includes('hello'));
  await asAdmin((calls) => calls['policy.set'](only('192.0.2.0/24')));
  await eventually('stopped', () => happened.includes('session.ended') && happened.includes('offline'));
  await asAdmin((calls) => calls['policy.set'](only('127.0.0.0/8', '::1')));
  await eventually('there again', () => happened.filter((what) => what === 'hello').length === 2);
  expect(happened).not.toContain('network_denied');
  account.close();
  await session.close();
});

it('a suspension ends the login on the desktop, with the reason', async () => {
  const { agent: own, accountId } = await loggedIn();
  await asAdmin((calls) => calls['member.setState']({ member: 'sato', state: 'suspended' }));
  await eventually('ended', async () => (await own.workspace['account.list']({})).accounts.length === 0);
  expect(own.events).toContainEqual({ type: 'account.ended', accountId, reason: 'member_suspended' });
  const login = own.workspace['account.login']({ serverUrl: server.url, member: 'sato', password: demoPassword, keepLogin: false });
  await expect(login).rejects.toMatchObject({ code: 'denied', details: { reason: 'member_suspended' } });
  await asAdmin((calls) => calls['member.setState']({ member: 'sato', state: 'active' }));
});
