import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contract } from '#shared/contract/operation.ts';
import { server as contract } from '#shared/contract/server.ts';
import { plausible } from '../support/plausible.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';
import { rowsWith, signed } from '../support/two-companies.ts';

let running: TestServer;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  running = await startTestServer({ clock });
});
afterAll(() => running.close());

const loggedIn = async (member: string): Promise<RawClient> => {
  const client = new RawClient(running.url);
  expect((await client.login(member)).status).toBe(200);
  return client;
};
/** Everything but what a refusal itself leaves: its line in the log. */
const everything = async (): Promise<string[]> =>
  (await rowsWith(running.services.database, [''])).filter((row) => !row.startsWith('audit_heads '));

let count = 0;
const inputOf = (name: string): unknown =>
  plausible((contract as Contract)[name]!.input, name, {
    own: (_path, field) => (field === null ? undefined : 'member-tanaka'),
    next: () => (count += 1),
  });
const closed = Object.entries(contract as Contract).filter(([, { access }]) => access !== 'public');
const byteRoutes: readonly [string, string][] = [
  ['PUT', '/api/content/pack'],
  ['POST', '/api/content/read'],
  ['GET', '/api/files/x/content'],
  ['GET', '/api/messages/x/files/y'],
  ['GET', '/api/exports/members.xlsx'],
  ['GET', '/api/exports/audit.csv'],
];

type Act = (database: TestServer['services']['database']) => Promise<unknown>;
const member =
  (change: object): Act =>
  (database) =>
    database.updateTable('members').set(change).where('member_id', '=', 'sato').execute();
const session =
  (change: object): Act =>
  (database) =>
    database.updateTable('sessions').set(change).where('member_id', '=', 'member-sato').execute();
const device =
  (change: object): Act =>
  (database) =>
    database.updateTable('devices').set(change).where('member_id', '=', 'member-sato').execute();

test.each<[string, number, Act, Act]>([
  ['member_suspended', 403, member({ state: 'suspended' }), member({ state: 'active' })],
  ['member_suspended_failures', 403, member({ state: 'suspended_failures' }), member({ state: 'active' })],
  ['member_waiting', 403, member({ state: 'waiting' }), member({ state: 'active' })],
  ['member_deleted', 403, member({ state: 'deleted' }), member({ state: 'active' })],
  ['app_blocked', 403, member({ app_blocked: 1 }), member({ app_blocked: 0 })],
  ['session_ended', 401, session({ ended_at: 1, ended_reason: 'logged_out' }), session({ ended_at: null, ended_reason: null })],
  ['device_wiped', 401, device({ wipe: 'ordered' }), device({ wipe: 'none' })],
  ['upgrade_required', 426, async () => undefined, async () => undefined],
])(
  '%s stops every operation and every route with bytes, whatever the asker’s rights, and nothing is done',
  async (reason, status, begin, end) => {
    const { database } = running.services;
    await database.updateTable('members').set({ role: 'administrator' }).where('member_id', '=', 'sato').execute();
    const sato = await loggedIn('sato');
    await begin(database);
    if (reason === 'upgrade_required') {
      const admin = await loggedIn('admin');
      admin.version = '9.0.0';
      expect((await admin.call('policy.set', { patch: { minimumVersion: '2.0.0' } })).status).toBe(200);
    }
    const before = await everything();
    for (const [name] of closed) {
      const reply = await sato.call(name, inputOf(name));
      expect([name, reply.status, reply.body.error?.details?.reason]).toEqual([name, status, reason]);
    }
    for (const [method, path] of byteRoutes) {
      const headers = signed(sato, method, path);
      const response = await fetch(`${sato.url}${path}`, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) });
      const { error } = (await response.json()) as { error: { details?: { reason?: string } } };
      expect([path, response.status, error.details?.reason]).toEqual([path, status, reason]);
    }
    expect(await everything()).toEqual(before);
    expect([
      (await sato.refresh({ keep: false })).status >= 400,
      (await sato.refresh({ resumed: true, keep: false })).status >= 400,
    ]).toEqual([true, true]);
    await end(database);
    if (reason === 'upgrade_required') {
      const admin = new RawClient(running.url);
      admin.version = '9.0.0';
      await admin.login('admin');
      expect((await admin.call('policy.set', { patch: { minimumVersion: null } })).status).toBe(200);
    }
    // What was refused for a state is not refused for ever.
    expect((await (await loggedIn('sato')).call('session.current')).status).toBe(200);
  },
);

test('ten minutes after the last proof every dangerous operation asks for another one, and did nothing', async () => {
  const dangerous = Object.entries(contract as Contract).filter(([, { needs }]) => needs.fresh === true);
  expect(dangerous.length).toBeGreaterThan(15);
  const admin = await loggedIn('admin');
  forward(599_000);
  expect((await admin.refresh()).status).toBe(200);
  for (const [name] of dangerous) {
    const reply = await admin.call(name, []);
    expect([name, reply.body.error?.code]).toEqual([name, 'invalid']);
  }
  forward(2_000);
  const before = await everything();
  for (const [name] of dangerous) {
    const reply = await admin.call(name, inputOf(name));
    expect([name, reply.status, reply.body.error?.details?.reason]).toEqual([name, 403, 'reauthentication_required']);
  }
  expect(await everything()).toEqual(before);
  // Taking up the session again, or another session's proof, proves nothing; a wrong password neither.
  expect((await admin.refresh({ resumed: true })).status).toBe(200);
  await loggedIn('admin');
  expect((await admin.call('session.reauthenticate', { password: 'wrong one 99' })).status).toBe(403);
  expect((await admin.call('session.reauthenticate', {})).status).toBeGreaterThanOrEqual(400);
  for (const [name] of dangerous) {
    expect([name, (await admin.call(name, inputOf(name))).body.error?.details?.reason]).toEqual([name, 'reauthentication_required']);
  }
});

test('operations that are dangerous only sometimes ask for the proof then', async () => {
  const admin = await loggedIn('admin');
  forward(601_000);
  await admin.refresh();
  const sometimes: readonly [string, object][] = [
    ['member.create', { memberId: 'newcomer', name: 'n', reading: 'n', role: 'administrator' }],
    ['member.update', { member: 'tanaka', role: 'administrator' }],
  ];
  for (const [name, input] of sometimes) {
    const reply = await admin.call(name, input);
    expect([name, reply.status, reply.body.error?.details?.reason]).toEqual([name, 403, 'reauthentication_required']);
  }
  const rows = await running.services.database.selectFrom('members').select('role').where('member_id', '=', 'tanaka').execute();
  expect(rows).toEqual([{ role: 'member' }]);
});
