import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { administration, server as contract } from '#shared/contract/server.ts';
import type { Contract } from '#shared/contract/operation.ts';
import type { Environment } from '#shared/model/rights.ts';
import { AdminRight } from '#shared/model/rights.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import { listenAs } from '../support/event-listener.ts';
import type { RawClient } from '../support/raw-client.ts';
import { failure, from, home, office, startRulesServer, valueOf, type RulesServer } from '../support/rules-server.ts';

let server: RulesServer;
let admin: RawClient;
beforeAll(async () => {
  server = await startRulesServer();
  admin = server.admin;
});
afterAll(() => server.running.close());
beforeEach(() => server.reset());

/** What no operation takes: the gate is asked, nothing is done. */
const nothing: unknown = [];
/** Whether the server has a handler for it; what has none does not exist for anybody. */
const isServed = async (name: string): Promise<boolean> => (await admin.call(name, nothing, office)).body.error?.code !== 'not_found';
const reasonOf = async (client: RawClient, name: string): Promise<unknown> =>
  (await client.call(name, nothing, office)).body.error?.details?.reason;

describe('rights (ADM-10): every operation of the administration', () => {
  const operations = Object.entries(administration as Contract);

  test('names its right, or asks for each section of the rules', () => {
    for (const [name, { access, needs }] of operations) {
      expect([name, access]).toEqual([name, 'administrator']);
      if (!name.startsWith('policy.')) expect([name, needs.right]).toEqual([name, expect.any(String)]);
    }
  });

  test('is closed to members, to operators without its right, and to roles of one’s own that hold every other right', async () => {
    const member = await server.loggedIn('tanaka');
    for (const [name] of operations) {
      if (await isServed(name)) expect([name, await reasonOf(member, name)]).toEqual([name, 'role_missing']);
    }
    await server.as('sato', 'operator');
    const operator = await server.loggedIn('sato');
    for (const [name, { needs }] of operations) {
      if (needs.right === undefined || rightsOf('operator').includes(needs.right) || !(await isServed(name))) continue;
      const reply = await operator.call(name, nothing, office);
      expect([name, reply.status, reply.body.error?.details?.subject]).toEqual([name, 403, needs.right]);
    }
    for (const right of AdminRight.options) {
      await server.as(
        'sato',
        'custom',
        AdminRight.options.filter((other) => other !== right),
      );
      for (const [name, { needs }] of operations) {
        if (needs.right !== right || !(await isServed(name))) continue;
        const reply = await operator.call(name, nothing, office);
        expect([name, reply.status, reply.body.error?.details?.subject]).toEqual([name, 403, right]);
      }
    }
    const [entry] = await server.audited('access.denied');
    expect(entry).toMatchObject({
      actorId: 'member-sato',
      result: 'denied',
      details: { reason: 'role_missing', operation: expect.any(String) },
    });
  });

  test('opens to a role of one’s own that holds it, and rights on roles are never one’s own (ADM-11)', async () => {
    await server.as('sato', 'custom', ['audit', 'roles']);
    const sato = await server.loggedIn('sato');
    expect(sato.identity?.rights).toEqual(['audit']);
    expect((await sato.call('audit.search', {}, office)).status).toBe(200);
    if (await isServed('role.list')) {
      const reply = await sato.call('role.list', {}, office);
      expect([reply.status, reply.body.error?.details]).toEqual([403, { reason: 'role_missing', rule: 'ADM-11', subject: 'roles' }]);
    }
  });

  test('a role that is taken away is gone with the next request', async () => {
    await server.as('sato', 'custom', ['audit']);
    const sato = await server.loggedIn('sato');
    expect((await sato.call('audit.search', {}, office)).status).toBe(200);
    await server.as('sato', 'custom', ['basic']);
    expect(failure(await sato.call('audit.search', {}, office))).toEqual([403, 'denied', 'role_missing']);
    await server.as('sato', 'member', ['audit']);
    expect(failure(await sato.call('audit.search', {}, office))).toEqual([403, 'denied', 'role_missing']);
    expect(failure(await sato.call('policy.get', {}, office))).toEqual([403, 'denied', 'role_missing']);
  });
});

test('every dangerous operation asks for a new proof once the last one is ten minutes old (ADM-12)', async () => {
  const dangerous = Object.entries(contract as Contract).filter(([, { needs }]) => needs.fresh === true);
  expect(dangerous.length).toBeGreaterThan(10);
  const sessions = server.database().updateTable('sessions').where('member_id', '=', 'member-admin');
  await sessions.set({ created_at: Date.now() - 601_000, proven_at: Date.now() - 601_000 }).execute();
  for (const [name] of dangerous) {
    if (await isServed(name)) expect([name, await reasonOf(admin, name)]).toEqual([name, 'reauthentication_required']);
  }
  await sessions.set({ proven_at: Date.now() - 590_000 }).execute();
  for (const [name] of dangerous) expect([name, await reasonOf(admin, name)]).not.toEqual([name, 'reauthentication_required']);
});

describe('services (ADM-08, ADM-09)', () => {
  const all: Environment[] = ['browser', 'pc-app', 'drive-explorer', 'mobile'];
  const standard = (talk: Environment[], drive: Environment[]) => ({ id: 'default', name: 'Standard', services: { talk, drive } });
  const set = async (...templates: object[]): Promise<void> =>
    void valueOf(await admin.call('policy.set', { patch: { permissions: { templates } } }, office));
  const explorer = { ...office, 'x-hikyaku-environment': 'drive-explorer' };
  const subject = async (client: RawClient, name: string, headers = office): Promise<unknown> => {
    const { status, body } = await client.call(name, nothing, headers);
    return body.error?.details?.reason === 'service_denied' ? [status, body.error.details['subject']] : null;
  };

  test('an operation of a denied service is refused, the rest works', async () => {
    const sato = await server.loggedIn('sato');
    await set(standard([], all));
    for (const [name, { needs }] of Object.entries(contract as Contract)) {
      if (needs.service === 'talk') expect([name, await subject(sato, name)]).toEqual([name, [403, 'talk']]);
      else expect([name, await subject(sato, name)]).toEqual([name, null]);
    }
    const file = await sato.send('/api/messages/x/files/y', { ...office, ...signed(sato, '/api/messages/x/files/y') }, {}, 'GET');
    expect(file.body.error?.details).toEqual({ reason: 'service_denied', rule: 'ADM-08', subject: 'talk' });
    await set(standard(all, []));
    expect([await subject(sato, 'talk.changes'), await subject(sato, 'drive.spaces')]).toEqual([null, [403, 'drive']]);
    const node = await sato.send('/api/files/x/content', { ...office, ...signed(sato, '/api/files/x/content') }, {}, 'GET');
    expect(node.body.error?.details).toEqual({ reason: 'service_denied', rule: 'ADM-08', subject: 'drive' });
  });
  const signed = (client: RawClient, path: string): Record<string, string> => ({
    dpop: client.proof('GET', path, client.grant!.accessToken),
    authorization: `DPoP ${client.grant!.accessToken}`,
  });

  test('the sync engine in the app needs both, and a header never opens anything', async () => {
    const sato = await server.loggedIn('sato');
    await set(standard(all, ['browser', 'pc-app']));
    expect([await subject(sato, 'drive.spaces'), await subject(sato, 'drive.spaces', explorer)]).toEqual([null, [403, 'drive']]);
    await set(standard(all, ['drive-explorer']));
    expect([await subject(sato, 'drive.spaces'), await subject(sato, 'drive.spaces', explorer)]).toEqual([
      [403, 'drive'],
      [403, 'drive'],
    ]);
    await set(standard(all, ['pc-app', 'drive-explorer']));
    const nonsense = { ...office, 'x-hikyaku-environment': 'everything' };
    for (const headers of [office, explorer, nonsense]) expect(await subject(sato, 'drive.spaces', headers)).toBeNull();
  });

  test('a member’s own template comes first, then that of their user type, then the default one', async () => {
    const { tenantId } = server.running;
    const database = server.database();
    await set(
      standard([], []),
      { id: 'type', name: 'Type', services: { talk: all, drive: [] } },
      { id: 'own', name: 'Own', services: { talk: [], drive: all } },
    );
    const sato = await server.loggedIn('sato');
    const reach = async () => [await subject(sato, 'talk.changes'), await subject(sato, 'drive.spaces')].map((refused) => refused === null);
    const member = database.updateTable('members').where('member_id', '=', 'sato');
    expect(await reach()).toEqual([false, false]);
    await database
      .insertInto('posts')
      .values({ tenant_id: tenantId, id: 'staff', kind: 'user_type', name: 'Staff', sort_order: 1, template_id: 'type', deleted_at: null })
      .execute();
    await member.set({ user_type_id: 'staff' }).execute();
    expect(await reach()).toEqual([true, false]);
    await member.set({ template_id: 'own' }).execute();
    expect(await reach()).toEqual([false, true]);
    await member.set({ template_id: 'gone' }).execute();
    expect(await reach()).toEqual([false, false]);
    const { identity } = valueOf<{ identity: { templateId: string } }>(await sato.call('session.current', {}, office));
    expect(identity.templateId).toBe('gone');
    await member.set({ template_id: null, user_type_id: null }).execute();
    await database.deleteFrom('posts').execute();
  });
});

test('a session that is refused where it is leaves one line in the log, not one a request, and another when the reason changes', async () => {
  const sato = await server.loggedIn('sato', home);
  const lines = async () =>
    (await server.audited('access.denied')).filter(
      ({ actorId, details }) => actorId === 'member-sato' && details['operation'] === undefined,
    );
  const before = (await lines()).length;
  const network = async (change: object): Promise<void> =>
    void valueOf(await admin.call('policy.set', { patch: { network: change } }, office));
  const listener = await listenAs(sato, home);
  await network({ mode: 'designated', ranges: ['203.0.113.0/24'] });
  await listener.closed;
  for (let request = 0; request < 5; request += 1) expect((await sato.call('session.current', {}, home)).status).toBe(403);
  const [first] = await lines();
  expect([(await lines()).length - before, first]).toEqual([
    1,
    expect.objectContaining({
      result: 'denied',
      details: { reason: 'network_denied', rule: 'NET-01', memberId: 'sato', country: expect.anything() },
    }),
  ]);
  // Back in the office and out again is another time.
  expect((await sato.call('session.current', {}, office)).status).toBe(200);
  for (let request = 0; request < 3; request += 1) await sato.call('session.current', {}, home);
  expect((await lines()).length - before).toBe(2);
  await network({ mode: 'all', limitCountries: true, countries: ['JP', 'AU'], outside: 'block' });
  for (let request = 0; request < 3; request += 1) await sato.call('session.current', {}, from('8.8.8.8'));
  expect((await lines()).length - before).toBe(3);
  expect((await lines())[0]!.details).toMatchObject({ reason: 'country_denied', country: 'US' });
});

test('a device that was told to erase itself hears that, also when its session has ended', async () => {
  const sato = await server.loggedIn('sato');
  await server.database().updateTable('devices').set({ wipe: 'ordered' }).where('member_id', '=', 'member-sato').execute();
  expect(failure(await sato.call('session.current', {}, office))).toEqual([401, 'unauthenticated', 'device_wiped']);
  await sato.call('session.end', {}, office);
  await server
    .database()
    .updateTable('sessions')
    .set({ ended_at: 1, ended_reason: 'device_wiped' })
    .where('member_id', '=', 'member-sato')
    .execute();
  expect(failure(await sato.call('session.current', {}, office))).toEqual([401, 'unauthenticated', 'device_wiped']);
  await server.database().updateTable('devices').set({ wipe: 'none' }).where('member_id', '=', 'member-sato').execute();
});

test('a burst of changes judges open sockets in rounds, and everybody hears of each change or of its end', async () => {
  const [inside, outside] = [await server.loggedIn('sato', office), await server.loggedIn('tanaka', home)];
  const [stays, goes] = [await listenAs(inside, office), await listenAs(outside, home)];
  const { bus } = server.running.services;
  for (let change = 0; change < 200; change += 1) {
    bus.publish({ tenantId: server.running.tenantId, audience: null, event: { type: 'directory.changed' } });
  }
  valueOf(await admin.call('policy.set', { patch: { network: { mode: 'designated', ranges: ['203.0.113.0/24'] } } }, office));
  expect(await goes.until(({ type }) => type === 'session.ended')).toEqual({ type: 'session.ended', reason: 'network_denied' });
  await stays.until(({ type }) => type === 'policy.changed');
  expect(stays.events.filter(({ type }) => type === 'directory.changed')).toHaveLength(200);
  stays.socket.terminate();
});
