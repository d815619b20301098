import { readFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connect } from '#shared/contract/operation.ts';
import { administration as admin } from '#shared/contract/server.ts';
import type { Policy } from '#shared/model/policy.ts';
import { openHeadlessSession } from '../../electron/agent/headless-session.ts';
import { openDatabase } from '../../electron/agent/store/database.ts';
import { nodeHttp, type NodeHttp } from '../../electron/agent/transport/http.ts';
import { AppError } from '#shared/base/errors.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
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
  await permitKeepLogin(true);
});

async function permitKeepLogin(pcApp: boolean): Promise<Policy> {
  const session = await openHeadlessSession({
    server: server.url,
    member: 'admin',
    password: demoPassword,
    kind: 'pc-app',
    version: '0.1.0',
    keyFile: path.join(tempFolder('admin'), 'keys.json'),
  });
  const { policy } = await connect(admin, session.transport.call)['policy.set']({ patch: { keepLogin: { pcApp } } });
  await session.close();
  return policy;
}

async function start(profile: string, keychain: TestKeychain, http?: NodeHttp): Promise<TestAgent> {
  const agent = await startAgent({ profile, keychain, ...(http === undefined ? {} : { http }) });
  agents.push(agent);
  return agent;
}

async function login(agent: TestAgent, keepLogin: boolean): Promise<string> {
  const { accountId } = await openedAccount(
    agent.workspace['account.login']({
      serverUrl: server.url,
      member: 'sato',
      password: demoPassword,
      keepLogin,
    }),
  );
  await eventually('online', async () => (await agent.account()).connection === 'online');
  await eventually('rooms', async () => (await agent.workspace['room.list']({ accountId })).rooms.length > 0);
  return accountId;
}

const firstRoom = async (agent: TestAgent, accountId: string): Promise<string> =>
  (await agent.workspace['room.list']({ accountId })).rooms[0]!.id;

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Those of `texts` that somebody with the disk would find in it. */
function readableIn(folder: string, texts: readonly string[]): string[] {
  const files = filesUnder(folder).map((file) => readFileSync(file));
  return texts.filter((text) => files.some((bytes) => bytes.includes(Buffer.from(text))));
}

const sessionOf = (keychain: TestKeychain, accountId: string) => keychain.entries.get(`${accountId}:session`);

it('is logged in again after a restart without a password, from the keychain', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('keep');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  expect(await first.workspace['account.keepLogin']({ accountId })).toEqual({
    ...{ keepLogin: true, permitted: true, keychain: true },
    driveExplorer: { keepLogin: true, permitted: true },
  });
  await first.close();
  const spent = sessionOf(keychain, accountId);
  const second = await start(profile, keychain);
  expect((await second.account()).accountId).toBe(accountId);
  expect((await second.workspace['room.list']({ accountId })).rooms.length).toBeGreaterThan(0);
  await eventually('online', async () => (await second.account()).connection === 'online');
  expect(sessionOf(keychain, accountId)).not.toBe(spent);
});

it('never writes a session entry while the login is not to be kept', async () => {
  const keychain = testKeychain();
  const written: string[] = [];
  const watched: TestKeychain = {
    ...keychain,
    set: (accountId, entry, secret) => (written.push(entry), keychain.set(accountId, entry, secret)),
  };
  const profile = tempFolder('not-kept');
  const first = await start(profile, watched);
  const accountId = await login(first, false);
  expect(written).not.toContain('session');
  expect(await first.workspace['account.setKeepLogin']({ accountId, keepLogin: true })).toEqual({ keepLogin: true });
  expect(sessionOf(keychain, accountId)).toBeDefined();
  expect(await first.workspace['account.setKeepLogin']({ accountId, keepLogin: false })).toEqual({ keepLogin: false });
  expect(sessionOf(keychain, accountId)).toBeUndefined();
  await first.close();
  const second = await start(profile, watched);
  expect((await second.workspace['account.list']({})).accounts).toEqual([]);
});

it('drops the saved session, and only that, as soon as the administrator forbids keeping logins (ACC-30)', async () => {
  const keychain = testKeychain();
  const agent = await start(tempFolder('forbidden'), keychain);
  const accountId = await login(agent, true);
  expect(sessionOf(keychain, accountId)).toBeDefined();
  await permitKeepLogin(false);
  await eventually('the entry is gone', () => sessionOf(keychain, accountId) === undefined, 2_000);
  expect([...keychain.entries.keys()].sort()).toEqual([`${accountId}:database`, `${accountId}:device_key`]);
  expect((await agent.account()).connection).toBe('online');
  expect(await agent.workspace['account.keepLogin']({ accountId })).toMatchObject({ permitted: false });
});

it('shows the login form when keeping was forbidden while the app was closed, and has the draft after the next login', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('forbidden-later');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  const roomId = await firstRoom(first, accountId);
  await first.workspace['draft.set']({ accountId, roomId, text: '書きかけのまま' });
  await first.close();
  await permitKeepLogin(false);

  const second = await start(profile, keychain);
  await eventually('logged out', async () => (await second.workspace['account.list']({})).accounts.length === 0);
  expect(second.events).toContainEqual({ type: 'account.ended', accountId, reason: 'keep_login_forbidden' });
  await eventually('the entry is gone', () => sessionOf(keychain, accountId) === undefined);
  expect(keychain.entries.has(`${accountId}:device_key`)).toBe(true);
  expect(await login(second, true)).toBe(accountId);
  expect(sessionOf(keychain, accountId)).toBeUndefined();
  expect((await second.workspace['draft.get']({ accountId, roomId })).text).toBe('書きかけのまま');
  expect((await second.account()).notices).toEqual([]);
});

it('leaves nothing readable on the disk after logout, and finds everything again at the next login', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('logout');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  const roomId = await firstRoom(first, accountId);
  const secretText = 'だれにも読めない下書き';
  await first.workspace['draft.set']({ accountId, roomId, text: secretText });
  const { messages } = await first.workspace['message.list']({ accountId, roomId });
  const { refreshToken } = JSON.parse(sessionOf(keychain, accountId)!) as { refreshToken: string };
  const secrets = [secretText, demoPassword, refreshToken, messages.at(-1)!.text, 'SQLite format 3'];
  expect(readableIn(profile, secrets)).toEqual([]);
  await first.workspace['account.logout']({ accountId });
  expect(sessionOf(keychain, accountId)).toBeUndefined();
  expect((await first.workspace['account.list']({})).accounts).toEqual([]);

  expect(filesUnder(profile).some((file) => file.endsWith('local.db'))).toBe(true);
  expect(readableIn(profile, secrets)).toEqual([]);
  expect(await login(first, true)).toBe(accountId);
  expect((await first.workspace['draft.get']({ accountId, roomId })).text).toBe(secretText);
});

it('keeps a damaged database aside, says so, and is rebuilt from the server', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('cut');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  const rooms = (await first.workspace['room.list']({ accountId })).rooms.length;
  await eventually('some bytes', () => statSync(path.join(profile, 'accounts', accountId, 'local.db')).size > 0 || true);
  await first.close();
  const file = path.join(profile, 'accounts', accountId, 'local.db');
  truncateSync(file, Math.floor(statSync(file).size / 2));

  const second = await start(profile, keychain);
  expect((await second.account()).notices).toEqual(['database_damaged']);
  await eventually('rebuilt', async () => (await second.workspace['room.list']({ accountId })).rooms.length === rooms);
  expect(readdirSync(path.dirname(file)).filter((name) => /^local\.\d{4}-\d{2}-\d{2}T.*\.damaged\.db$/.test(name))).toHaveLength(1);
});

it('keeps a database of a newer program aside and carries drafts and unsent messages over', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('newer');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  const roomId = await firstRoom(first, accountId);
  await first.workspace['draft.set']({ accountId, roomId, text: '新しい版で書いた' });
  const key = Uint8Array.from(first.accounts.opened()[0]!.databaseKey);
  await first.close();
  const file = path.join(profile, 'accounts', accountId, 'local.db');
  const database = openDatabase(file, key);
  const waiting = {
    id: '01900000-0000-7000-8000-000000000001',
    roomId,
    text: '届くべきもの',
    files: [],
    mentions: [],
    createdAt: 1,
    state: 'waiting',
    code: null,
    reason: null,
    subject: null,
  };
  database.prepare('INSERT INTO outgoing (id, row) VALUES (?, ?)').run(waiting.id, JSON.stringify(waiting));
  database.exec('CREATE TABLE from_the_future (id TEXT)');
  database.pragma('user_version = 999');
  database.close();

  const second = await start(profile, keychain);
  expect((await second.account()).notices).toEqual(['database_newer']);
  expect((await second.workspace['draft.get']({ accountId, roomId })).text).toBe('新しい版で書いた');
  await eventually('sent', async () => {
    const page = await second.workspace['message.list']({ accountId, roomId });
    return page.outgoing.length === 0 && page.messages.some(({ id }) => id === waiting.id);
  });
});

it('keeps everything in memory where there is no keychain, and says so', async () => {
  const keychain = testKeychain(false);
  const profile = tempFolder('no-keychain');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  expect((await first.account()).persistent).toBe(false);
  expect(await first.workspace['account.keepLogin']({ accountId })).toMatchObject({ keychain: false });
  expect((await first.workspace['workspace.info']({})).keychain).toBe(false);
  expect(filesUnder(profile).map((file) => path.basename(file))).toEqual(['accounts.json']);
  expect(keychain.entries.size).toBe(0);
  await first.close();
  const second = await start(profile, keychain);
  expect((await second.workspace['account.list']({})).accounts).toEqual([]);
});

it('leaves nothing behind after a wrong password', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('wrong');
  const agent = await start(profile, keychain);
  const attempt = agent.workspace['account.login']({
    serverUrl: server.url,
    member: 'suzuki',
    password: 'not the password',
    keepLogin: true,
  });
  await expect(attempt).rejects.toMatchObject({ code: 'unauthenticated', details: { reason: 'wrong_credentials' } });
  expect(keychain.entries.size).toBe(0);
  expect(filesUnder(profile)).toEqual([]);
});

it('speaks plain http only to this machine', async () => {
  const agent = await start(tempFolder('http'), testKeychain());
  const refused = { code: 'invalid', details: { reason: 'insecure_url' } };
  for (const serverUrl of ['http://192.0.2.1', 'http://localhost.example.com', 'http://127.0.0.1.example.com:8080']) {
    await expect(agent.workspace['server.look']({ serverUrl })).rejects.toMatchObject(refused);
    await expect(
      agent.workspace['account.login']({ serverUrl, member: 'sato', password: demoPassword, keepLogin: false }),
    ).rejects.toMatchObject(refused);
  }
  const found = await agent.workspace['server.look']({ serverUrl: server.url });
  expect(found.tenant?.name).toBe('demo');
  expect(found.demoAccounts.map(({ memberId }) => memberId)).toContain('sato');
});

it('survives an answer to a refresh that is lost on the way', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('lost');
  const first = await start(profile, keychain);
  const accountId = await login(first, true);
  await first.close();
  const real = nodeHttp();
  let lost = 0;
  const lossy: NodeHttp = {
    ...real,
    request: async (request) => {
      const response = await real.request(request);
      if (!request.url.endsWith('/api/session.refresh') || response.status !== 200 || lost > 0) return response;
      lost += 1;
      for await (const _ of response.body);
      throw new AppError('unavailable', 'The answer was lost');
    },
  };
  const second = await start(profile, keychain, lossy);
  await eventually('online', async () => (await second.account()).connection === 'online');
  expect(lost).toBe(1);
  expect((await second.account()).accountId).toBe(accountId);
  await second.close();
  const third = await start(profile, keychain);
  await eventually('online again', async () => (await third.account()).connection === 'online');
});
