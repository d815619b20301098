import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHeadlessSession, type HeadlessSession } from '../../electron/agent/headless-session.ts';
import { syncCommand } from '../../electron/agent/sync/command.ts';
import { HeadlessAccount } from '../../electron/agent/sync/headless-account.ts';
import { statusOf } from '../../electron/agent/status.ts';
import { setRules } from './support/administrator.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { startSyncParts } from './support/sync-parts.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
const permit = (pcApp: boolean, driveExplorer: boolean) => setRules(server.url, { keepLogin: { pcApp, driveExplorer } });
afterEach(() => permit(true, true));

interface Desk {
  readonly agent: TestAgent;
  readonly sync: ReturnType<typeof startSyncParts>;
  readonly keychain: TestKeychain;
  readonly profile: string;
  close(): Promise<void>;
}

async function start(before?: Desk): Promise<Desk> {
  const { keychain = testKeychain(), profile = tempFolder('keep') } = before ?? {};
  const sync = startSyncParts();
  const agent = await startAgent({ profile, keychain, parts: sync.parts });
  const close = async () => {
    await agent.close();
    await sync.close();
    expect(agent.bugs).toEqual([]);
  };
  return { agent, sync, keychain, profile, close };
}

const online = ({ agent }: Desk) => eventually('online', async () => (await agent.account()).connection === 'online');

async function loggedIn(desk: Desk, member = 'sato'): Promise<string> {
  const input = { serverUrl: server.url, member, password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(desk.agent.workspace['account.login'](input));
  await online(desk);
  return accountId;
}

/** A folder in step, of somebody who is logged in. */
async function synced(desk: Desk, member: string): Promise<{ accountId: string; folder: string }> {
  const accountId = await loggedIn(desk, member);
  const spaces = async () => (await desk.agent.workspace['drive.spaces']({ accountId })).spaces;
  const mine = await eventually('my drive', async () => (await spaces()).find(({ kind }) => kind === 'my'));
  const folder = realpathSync(tempFolder('root'));
  const rootId = await desk.sync.service.addRoot(accountId, { spaceId: mine.id, folder });
  await eventually('in step', () => desk.sync.service.engine(rootId).inStep, 30_000);
  return { accountId, folder };
}

const shown = ({ agent, sync }: Desk) => {
  const { sync: state } = statusOf(agent.accounts.list(), sync.service);
  return { tray: state, roots: sync.service.roots().map(({ state: of, waits }) => [of, waits]) };
};
const waitingFor = (reason: string) => ({ tray: 'logged_out', roots: [['logged_out', reason]] });
const goesOn = (desk: Desk) => eventually('in step', () => ['idle', 'done'].includes(shown(desk).tray), 30_000);

describe('synced folders of a kept login (ACC-30)', () => {
  it('go on by themselves after a restart, unless the person’s own switch for the Drive explorer is off', async () => {
    const first = await start();
    const { accountId, folder } = await synced(first, 'sato');
    await first.close();
    const second = await start(first);
    await goesOn(second);
    const workspace = second.agent.workspace;
    expect(await workspace['account.setKeepLogin']({ accountId, keepLogin: false, program: 'drive-explorer' })).toEqual({
      keepLogin: false,
    });
    expect(await workspace['account.keepLogin']({ accountId })).toMatchObject({
      ...{ keepLogin: true, permitted: true },
      driveExplorer: { keepLogin: false, permitted: true },
    });
    // The switch is about the next start: what runs goes on.
    await goesOn(second);
    await second.close();

    const third = await start(first);
    await online(third);
    expect(shown(third)).toEqual(waitingFor('keep_login_off'));
    writeFileSync(path.join(folder, '待つもの.txt'), '待つもの');
    third.sync.service.nudge();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(shown(third)).toEqual(waitingFor('keep_login_off'));
    await loggedIn(third);
    await goesOn(third);
    await third.close();
  });

  it('wait where the rule forbids it, from the moment it is heard of, and go on with a password', async () => {
    const first = await start();
    const { accountId } = await synced(first, 'suzuki');
    await permit(true, false);
    // Logged in with a password in this run: nothing is kept that could be forbidden.
    await eventually('heard', async () => !(await first.agent.account()).policy.keepLogin.driveExplorer);
    await goesOn(first);
    await first.close();

    const second = await start(first);
    await online(second);
    expect(shown(second)).toEqual(waitingFor('keep_login_forbidden'));
    expect((await second.agent.workspace['account.keepLogin']({ accountId })).driveExplorer).toEqual({ keepLogin: true, permitted: false });
    await permit(true, true);
    await goesOn(second);
    await permit(true, false);
    await eventually('stopped by the push', () => shown(second).tray === 'logged_out', 3_000);
    expect(shown(second)).toEqual(waitingFor('keep_login_forbidden'));
    await second.agent.accounts.proven(accountId);
    await goesOn(second);
    await second.close();
  });

  it('records that an older program wrote, without the second switch, keep working', async () => {
    const first = await start();
    const accountId = await loggedIn(first, 'tanaka');
    await first.close();
    const file = path.join(first.profile, 'accounts.json');
    const written = JSON.parse(readFileSync(file, 'utf8')) as { accounts: Record<string, unknown>[] };
    for (const record of written.accounts) delete record['keepDriveExplorer'];
    writeFileSync(file, JSON.stringify(written));
    const second = await start(first);
    await online(second);
    expect((await second.agent.account()).accountId).toBe(accountId);
    expect((await second.agent.workspace['account.keepLogin']({ accountId })).driveExplorer).toEqual({ keepLogin: true, permitted: true });
    await second.close();
  });
});

describe('the sync agent without windows', () => {
  const open = (folder: string, password: string | null): Promise<HeadlessSession> =>
    openHeadlessSession({
      ...{ server: server.url, member: 'sato', password, kind: 'drive-explorer', version: '0.1.0', keepLogin: true },
      ...{ keyFile: path.join(folder, 'keys.json'), state: path.join(folder, 'state') },
    });
  const isKept = (folder: string) => readFileSync(path.join(folder, 'keys.json'), 'utf8').includes('refreshToken');

  it('keeps its login in the key file, for its owner alone, and needs no password in the next run', async () => {
    const folder = tempFolder('headless');
    const first = await open(folder, demoPassword);
    expect(isKept(folder)).toBe(false);
    await new HeadlessAccount(first).readPolicy();
    expect(isKept(folder)).toBe(true);
    expect(statSync(path.join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
    first.openDatabase('note').exec('CREATE TABLE kept (id TEXT)');
    await first.close();

    const second = await open(folder, null);
    expect(second.identity.sessionId).toBe(first.identity.sessionId);
    expect(second.openDatabase('note').prepare('SELECT count(*) AS rows FROM kept').get()).toEqual({ rows: 0 });
    await second.close();
    // What is kept does not open the database by itself: the server's part comes with the login.
    const serverPart = second.identity.databaseKey!;
    expect(readFileSync(path.join(folder, 'keys.json'), 'utf8')).not.toContain(serverPart);
  });

  it('drops it the moment the rule says no, and asks for the password then', async () => {
    const folder = tempFolder('headless');
    const session = await open(folder, demoPassword);
    const account = new HeadlessAccount(session);
    await account.readPolicy();
    account.listen(
      () => undefined,
      () => undefined,
    );
    expect(isKept(folder)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await permit(true, false);
    await eventually('dropped', () => !isKept(folder), 2_000);
    account.close();
    await session.close();
    await expect(open(folder, null)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is refused by the server where the rule changed between two runs, and the password still works', async () => {
    const folder = tempFolder('headless');
    const first = await open(folder, demoPassword);
    await first.keepUnder({ ...(await policyOf(first)), keepLogin: { pcApp: true, driveExplorer: true } });
    await first.close();
    await permit(true, false);
    await expect(open(folder, null)).rejects.toMatchObject({ details: { reason: 'keep_login_forbidden' } });
    expect(isKept(folder)).toBe(false);
    const third = await open(folder, demoPassword);
    await new HeadlessAccount(third).readPolicy();
    expect(isKept(folder)).toBe(false);
    await third.close();
  });

  it('as a command: --keep-login, then without --password-file', async () => {
    const folder = tempFolder('command');
    const dir = path.join(folder, 'drive');
    mkdirSync(dir);
    writeFileSync(path.join(folder, 'password'), demoPassword);
    const args = [
      '--server',
      server.url,
      '--member',
      'tanaka',
      '--space',
      'マイドライブ',
      '--dir',
      dir,
      '--once',
      '--json',
      '--keep-login',
    ];
    const files = ['--key-file', path.join(folder, 'keys.json'), '--state', path.join(folder, 'state')];
    const never = new AbortController().signal;
    expect(await syncCommand([...args, ...files, '--password-file', path.join(folder, 'password')], never)).toBe(0);
    expect(await syncCommand([...args, ...files], never)).toBe(0);
    const forgotten = ['--key-file', path.join(folder, 'other.json')];
    await expect(syncCommand([...args, ...forgotten], never)).rejects.toMatchObject({ code: 'invalid' });
    expect(existsSync(dir)).toBe(true);
  });
});

async function policyOf(session: HeadlessSession) {
  const account = new HeadlessAccount(session);
  await account.readPolicy();
  return account.policy();
}
