import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LoginOutcome } from '#shared/contract/login.ts';
import type { Space } from '#shared/model/drive.ts';
import { inRoot } from '../../build/paths.ts';
import { openDatabase } from '../../server/store/database.ts';
import type { Database } from '../../server/context.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

const password = 'correct horse 43';
/** A folder with the tenant `acme`, made once; each test works on a copy. */
let template: string;
let folder: string;
beforeAll(async () => {
  template = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-upkeep-'));
  await writeFile(path.join(template, 'password'), `${password}\n`);
  expect(init(template, 'acme').status).toBe(0);
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-upkeep-'));
  await cp(template, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const data = (): string => path.join(folder, 'data');
const command = (...args: string[]) =>
  spawnSync(process.execPath, [inRoot('server', 'main.ts'), ...args], { encoding: 'utf8', timeout: 30_000 });
const init = (place: string, tenant: string) =>
  command('init', '--data', path.join(place, 'data'), '--tenant', tenant, '--password-file', path.join(place, 'password'));
const verify = () => {
  const { status, stdout, stderr } = command('verify', '--data', data());
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { status, stderr, tenants: lines.map((line) => JSON.parse(line) as { tenant: string; entries: number; firstBad: number | null }) };
};
async function tamper(change: (database: Database) => Promise<unknown>): Promise<void> {
  const { database, close } = await openDatabase({ kind: 'sqlite', file: path.join(data(), 'hikyaku.sqlite') });
  await change(database);
  await close();
}
async function loggedIn(url: string, member: string, own = password): Promise<RawClient> {
  const client = new RawClient(url);
  expect([member, (await client.login(member, { password: own })).status]).toEqual([member, 200]);
  return client;
}

test('a new company has a drive that everybody shares', async () => {
  const server = await startServer({ dataDir: data() });
  const admin = await loggedIn(server.url, 'admin');
  await admin.call('member.create', { memberId: 'sato', name: '佐藤', reading: 'さとう', password });
  const sato = await loggedIn(server.url, 'sato');
  const { spaces } = (await sato.call('drive.spaces')).body.value as { spaces: Space[] };
  expect(spaces.map(({ kind, name, permission }) => [kind, name, permission])).toEqual([
    ['my', 'マイドライブ', 'edit'],
    ['shared', '全社共有', 'edit'],
  ]);
  await server.stop();
});

test('a second server on the same folder is refused by name, and a killed one leaves nothing in the way', async () => {
  const first = await startServer({ dataDir: data() });
  const second = command('--data', data(), '--port', '0');
  expect([second.status, second.stdout]).toEqual([1, '']);
  expect(second.stderr).toContain(`is in use by another server (process ${first.pid})`);
  expect(second.stderr).not.toContain('    at ');
  expect((await loggedIn(first.url, 'admin')).identity?.tenant).toBe('acme');
  await first.stop('SIGKILL');
  const third = await startServer({ dataDir: data() });
  expect((await loggedIn(third.url, 'admin')).identity?.tenant).toBe('acme');
  expect(await third.stop()).toBe(0);
  await expect(stat(path.join(data(), 'server.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the audit log of every tenant is verified, also while the server writes to it', async () => {
  init(folder, 'globex');
  const server = await startServer({ dataDir: data() });
  const admin = await loggedIn(server.url, 'admin@acme');
  let writing = true;
  const writer = (async () => {
    for (let hours = 1; writing && hours < 700; hours += 1) await admin.call('policy.set', { patch: { offlineLeaseHours: hours } });
  })();
  // Not waited for in the way of the others: that would stop the writer, which lives here.
  const beside = spawn(process.execPath, [inRoot('server', 'main.ts'), 'verify', '--data', data()], { stdio: 'ignore' });
  const [code] = (await once(beside, 'exit')) as [number | null];
  writing = false;
  await writer;
  expect(code).toBe(0);
  const { status, tenants } = verify();
  expect([status, tenants.map(({ tenant, firstBad }) => [tenant, firstBad])]).toEqual([
    0,
    [
      ['acme', null],
      ['globex', null],
    ],
  ]);
  expect(tenants[0]!.entries).toBeGreaterThan(3);
  await server.stop();
});

test.each<[string, number, (database: Database) => Promise<unknown>]>([
  ['changed', 2, (database) => database.updateTable('audit_entries').set({ actor_id: 'x' }).where('sequence', '=', 2).execute()],
  ['removed', 1, (database) => database.deleteFrom('audit_entries').where('sequence', '=', 1).execute()],
  ['cut off at the end', 2, (database) => database.deleteFrom('audit_entries').where('sequence', '=', 2).execute()],
])('an entry that was %s is found', async (_what, firstBad, change) => {
  await tamper(change);
  const found = verify();
  expect(found).toMatchObject({ status: 1, tenants: [{ tenant: 'acme', firstBad }] });
  expect(found.stderr).toContain('does not hold');
});

test('a member who cannot be reached otherwise is let in again from the server’s command line', async () => {
  await tamper((database) => database.updateTable('members').set({ state: 'suspended_failures' }).execute());
  const server = await startServer({ dataDir: data() });
  const stopped = await new RawClient(server.url).login('admin', { password });
  expect([stopped.status, stopped.body.error?.details?.reason]).toEqual([403, 'member_suspended_failures']);
  const plain = command('unlock', '--data', data(), '--member', 'admin@acme');
  expect([plain.status, JSON.parse(plain.stdout)]).toEqual([0, { member: 'admin@acme', before: 'suspended_failures', ended: 0 }]);
  const client = await loggedIn(server.url, 'admin');

  const renewed = command('unlock', '--data', data(), '--member', 'admin@acme', '--new-password');
  const made = JSON.parse(renewed.stdout) as { password: string; ended: number };
  expect(made.ended).toBe(1);
  expect((await client.call('session.current')).status).toBe(401);
  // It was read by somebody at the command line: it is good for one login, which asks for another one (ACC-08).
  const again = new RawClient(server.url);
  const asked = (await again.login('admin', { password: made.password })).body.value as Extract<LoginOutcome, { kind: 'continue' }>;
  expect(asked.need).toMatchObject({ type: 'new_password', why: 'reset' });
  await again.continueLogin(asked.ticket, { type: 'new_password', password: 'another horse 44' });
  const { entries } = (await again.call('audit.search', { action: 'member.unlock' })).body.value as { entries: { client: string }[] };
  expect(entries.map((entry) => entry.client)).toEqual(['command line', 'command line']);
  await server.stop();
  expect(verify().status).toBe(0);
});

test.each([
  ['verify without a folder', ['verify'], 2, /--data DIR/],
  ['verify where nothing is', ['verify', '--data', 'x'], 2, /no server’s data/],
  ['unlock without a member', ['unlock', '--data', 'x'], 2, /--member ID@TENANT/],
  ['unlock where nothing is', ['unlock', '--data', 'x', '--member', 'a@b2'], 2, /no server’s data/],
])('%s says what is missing and makes nothing', async (_what, args, status, message) => {
  const nowhere = path.join(folder, 'nowhere');
  const done = command(...args.map((argument) => (argument === 'x' ? nowhere : argument)));
  expect([done.status, done.stdout]).toEqual([status, '']);
  expect(done.stderr).toMatch(message);
  await expect(stat(nowhere)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('unlocking somebody unknown changes nothing', () => {
  for (const [member, message] of [
    ['nobody@acme', 'no member nobody'],
    ['admin@globex', 'no tenant globex'],
    ['admin', 'member@tenant'],
  ] as const) {
    const done = command('unlock', '--data', data(), '--member', member);
    expect([member, done.status === 0, done.stdout]).toEqual([member, false, '']);
    expect(done.stderr).toContain(message);
  }
  expect(verify()).toMatchObject({ status: 0, tenants: [{ entries: 2 }] });
});
