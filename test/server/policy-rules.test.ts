import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import type { AdminRight } from '#shared/model/rights.ts';
import { listenAs } from '../support/event-listener.ts';
import type { RawClient } from '../support/raw-client.ts';
import { failure, home, office, startRulesServer, valueOf, type InForce, type RulesServer } from '../support/rules-server.ts';

let server: RulesServer;
let admin: RawClient;
beforeAll(async () => {
  server = await startRulesServer();
  admin = server.admin;
});
afterAll(() => server.running.close());
beforeEach(() => server.reset());
const loggedIn: RulesServer['loggedIn'] = (...given) => server.loggedIn(...given);
const database: RulesServer['database'] = () => server.database();
const as: RulesServer['as'] = (...given) => server.as(...given);
const rulesNow: RulesServer['rulesNow'] = () => server.rulesNow();
const audited: RulesServer['audited'] = (...given) => server.audited(...given);

test('each section belongs to one right: a role of one’s own changes what it holds and nothing else', async () => {
  await as('sato', 'custom', ['security_network']);
  const sato = await loggedIn('sato');
  const saved = valueOf<InForce>(await sato.call('policy.set', { patch: { network: { ranges: ['203.0.113.0/24'] } } }, office));
  expect(saved.policy.network.ranges).toEqual(['203.0.113.0/24']);
  const cases: [string, object, AdminRight][] = [
    ['keepLogin', { pcApp: false }, 'security_account'],
    ['idleLogout', { browserMinutes: 30 }, 'security_account'],
    ['password', { minimumLength: 9 }, 'security_account'],
    ['twoStep', { required: true }, 'security_account'],
    ['loginMethods', { oidc: false }, 'security_account'],
    ['notices', { newDevice: false }, 'security_account'],
    ['syncedFolders', { logout: 'erase' }, 'security_account'],
    ['blockedExtensions', { talk: ['exe'] }, 'security_files'],
    ['files', { downloadLog: true }, 'security_files'],
    ['versions', { supported: 'three_majors' }, 'apps'],
    ['permissions', { templates: defaultPolicy.permissions.templates }, 'services'],
    ['invitations', { by: 'everyone' }, 'invitations'],
    ['directory', { levels: false }, 'organisations'],
    ['contact', { en: 'IT' }, 'basic'],
  ];
  for (const [section, change, right] of cases) {
    const reply = await sato.call('policy.set', { patch: { [section]: change } }, office);
    expect([section, reply.status, reply.body.error?.details]).toEqual([
      section,
      403,
      { reason: 'role_missing', rule: 'ADM-10', subject: right },
    ]);
  }
  for (const patch of [{ talkFileLimitBytes: 1 }, { minimumVersion: '0.0.1' }, { offlineLeaseHours: 2 }]) {
    expect((await sato.call('policy.set', { patch }, office)).status).toBe(403);
  }
  expect((await sato.call('policy.preview', { patch: { contact: { en: 'IT' } } }, office)).status).toBe(403);
  const [last] = await audited('policy.set');
  expect(last).toMatchObject({
    actorId: 'member-sato',
    result: 'denied',
    details: { reason: 'role_missing', sections: ['offlineLeaseHours'] },
  });
});

test('operators reach what operators reach, members nothing', async () => {
  await as('sato', 'operator');
  const sato = await loggedIn('sato');
  expect((await sato.call('policy.set', { patch: { minimumVersion: '0.0.1' } }, office)).status).toBe(200);
  expect(failure(await sato.call('policy.set', { patch: { network: { mode: 'all' } } }, office))).toEqual([403, 'denied', 'role_missing']);
  const tanaka = await loggedIn('tanaka');
  for (const name of [
    'policy.get',
    'policy.set',
    'policy.confirm',
    'policy.revert',
    'policy.preview',
    'policy.simulate',
    'policy.affected',
  ]) {
    expect([name, ...failure(await tanaka.call(name, {}, office))]).toEqual([name, 403, 'denied', 'role_missing']);
  }
});

test('a change in force at once takes itself back when nobody confirms it, and says so', async () => {
  const before = await rulesNow();
  const sato = await loggedIn('sato');
  const listener = await listenAs(sato, office);
  const patch = { contact: { en: 'Help desk' } };
  const saved = valueOf<InForce>(await admin.call('policy.set', { patch, confirmWithinSeconds: 10 }, office));
  expect(saved).toMatchObject({ revision: before.revision + 1, policy: { contact: { en: 'Help desk' } } });
  expect(saved.pending).toMatchObject({ revision: saved.revision, by: 'member-admin', patch });
  expect((await rulesNow()).pending).toEqual(saved.pending);
  // Time passes for the database: the ten seconds are over.
  await database()
    .updateTable('pending_rules')
    .set({ reverts_at: Date.now() - 1 })
    .execute();
  const after = await rulesNow();
  expect(after).toMatchObject({ revision: saved.revision + 1, pending: null });
  expect(after.policy).toEqual(before.policy);
  await listener.until((event) => event.type === 'policy.changed' && event.revision === after.revision);
  listener.socket.terminate();
  const [entry] = await audited('policy.revert');
  expect(entry).toMatchObject({
    actorId: null,
    result: 'success',
    details: { reason: 'not_confirmed', reverted: saved.revision, revision: after.revision, by: 'member-admin' },
  });
});

test('a timer takes the change back on a server that nobody asks anything', async () => {
  const sato = await loggedIn('sato');
  const listener = await listenAs(sato, office);
  const saved = valueOf<InForce>(
    await admin.call('policy.set', { patch: { contact: { ja: '情シス' } }, confirmWithinSeconds: 10 }, office),
  );
  const startedAt = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  await listener.until((event) => event.type === 'policy.changed' && event.revision === saved.revision + 1);
  expect(Date.now() - startedAt).toBeGreaterThan(9_500);
  expect((await rulesNow()).policy.contact.ja).toBe('');
  listener.socket.terminate();
});

test('confirming keeps the change; taking it back restores exactly what was', async () => {
  const first = valueOf<InForce>(await admin.call('policy.set', { patch: { contact: { en: 'A' } }, confirmWithinSeconds: 60 }, office));
  expect(failure(await admin.call('policy.set', { patch: { contact: { en: 'B' } } }, office))).toEqual([409, 'conflict', 'change_pending']);
  expect(failure(await admin.call('policy.confirm', { revision: first.revision - 1 }, office))).toEqual([
    409,
    'conflict',
    'revision_changed',
  ]);
  const kept = valueOf<InForce>(await admin.call('policy.confirm', { revision: first.revision }, office));
  expect(kept).toMatchObject({ revision: first.revision, pending: null, policy: { contact: { en: 'A' } } });
  expect(failure(await admin.call('policy.confirm', { revision: first.revision }, office))).toEqual([409, 'conflict', 'nothing_pending']);

  const second = valueOf<InForce>(await admin.call('policy.set', { patch: { contact: { en: 'C' } }, confirmWithinSeconds: 60 }, office));
  const back = valueOf<InForce>(await admin.call('policy.revert', { revision: second.revision }, office));
  expect(back).toMatchObject({ revision: second.revision + 1, pending: null });
  expect(back.policy).toEqual(kept.policy);
  expect(failure(await admin.call('policy.revert', { revision: second.revision }, office))).toEqual([409, 'conflict', 'nothing_pending']);
  expect((await audited('policy.confirm'))[0]).toMatchObject({ actorId: 'member-admin', details: { revision: first.revision } });
  expect((await audited('policy.revert'))[0]).toMatchObject({
    actorId: 'member-admin',
    details: { reason: 'asked', reverted: second.revision },
  });
});

test('who may not change a section may not confirm or take back its change either', async () => {
  const saved = valueOf<InForce>(
    await admin.call('policy.set', { patch: { network: { ranges: ['10.0.0.0/8'] } }, confirmWithinSeconds: 60 }, office),
  );
  await as('sato', 'custom', ['basic']);
  const sato = await loggedIn('sato');
  for (const name of ['policy.confirm', 'policy.revert']) {
    expect([name, ...failure(await sato.call(name, { revision: saved.revision }, office))]).toEqual([name, 403, 'denied', 'role_missing']);
  }
  expect((await rulesNow()).pending?.revision).toBe(saved.revision);
});

test('nobody locks themselves out by mistake: such a change needs the way back', async () => {
  await as('sato', 'administrator');
  const sato = await loggedIn('sato', home);
  const patch = { network: { mode: 'designated', ranges: ['203.0.113.0/24'] } };
  expect(failure(await sato.call('policy.set', { patch }, home))).toEqual([409, 'conflict', 'would_lock_out_self']);
  expect((await rulesNow()).policy.network.mode).toBe('all');
  expect((await sato.call('policy.set', { patch }, office)).status).toBe(200);
  await admin.call('policy.set', { patch: { network: { mode: 'all' } } }, home);

  const tried = valueOf<InForce>(await sato.call('policy.set', { patch, confirmWithinSeconds: 30 }, home));
  expect(failure(await sato.call('policy.confirm', { revision: tried.revision }, home))).toEqual([403, 'denied', 'network_denied']);
  await database()
    .updateTable('pending_rules')
    .set({ reverts_at: Date.now() - 1 })
    .execute();
  await new Promise((resolve) => setTimeout(resolve, 1_010));
  expect((await sato.call('policy.get', {}, home)).status).toBe(200);
  // The supreme administrator is exempt from addresses, so nothing is asked; not from versions.
  expect((await admin.call('policy.set', { patch }, home)).status).toBe(200);
  const tooNew = { patch: { minimumVersion: '9.0.0' } };
  expect(failure(await admin.call('policy.set', tooNew, office))).toEqual([409, 'conflict', 'would_lock_out_self']);
});

test('members are told what explains a refusal, and not where networks, exceptions and countries are', async () => {
  const templates = [
    { id: 'default', name: 'Standard', services: { talk: ['browser'], drive: [] } },
    { id: 'sales', name: 'Sales', services: { talk: ['pc-app'], drive: ['pc-app'] } },
    { id: 'secret', name: 'Project X', services: { talk: ['pc-app'], drive: ['pc-app'] } },
  ];
  await database().updateTable('members').set({ template_id: 'sales' }).where('member_id', '=', 'sato').execute();
  const network = { limitCountries: true, countries: ['AU', 'JP'], ranges: ['10.0.0.0/8'], exceptions: ['tanaka'] };
  const versions = { denied: [{ from: '0.0.1', to: '0.0.2' }] };
  expect((await admin.call('policy.set', { patch: { permissions: { templates }, network, versions } }, office)).status).toBe(200);
  const sato = await loggedIn('sato');
  expect(sato.identity).toMatchObject({ templateId: 'sales', rights: [] });
  const { policy } = valueOf<{ policy: Policy }>(await sato.call('policy.mine', {}, office));
  expect(policy.network).toEqual({ ...defaultPolicy.network, limitCountries: true });
  expect(policy.permissions.templates.map(({ id }) => id)).toEqual(['default', 'sales']);
  expect(policy.versions).toEqual({ ...defaultPolicy.versions, ...versions });
  await database().updateTable('members').set({ template_id: null }).where('member_id', '=', 'sato').execute();
});

test('what waits for approval comes in when approval becomes automatic, and that is in the log', async () => {
  await database().updateTable('members').set({ state: 'waiting' }).where('member_id', '=', 'tanaka').execute();
  expect((await admin.call('policy.set', { patch: { invitations: { approveAutomatically: true } } }, office)).status).toBe(200);
  await loggedIn('tanaka');
  expect((await audited('member.approve'))[0]).toMatchObject({ actorId: 'member-admin', details: { memberId: 'tanaka' } });
});

test('a dangerous act wants a proof of who asks that is not older than ten minutes', async () => {
  const patch = { contact: { en: 'x' } };
  await database()
    .updateTable('sessions')
    .set({ created_at: Date.now() - 601_000, proven_at: null })
    .where('member_id', '=', 'member-admin')
    .execute();
  const refused = await admin.call('policy.set', { patch }, office);
  expect([refused.status, refused.body.error?.details]).toEqual([403, { reason: 'reauthentication_required', rule: 'ADM-12' }]);
  expect((await admin.call('policy.get', {}, office)).status).toBe(200);
  await database().updateTable('sessions').set({ proven_at: Date.now() }).where('member_id', '=', 'member-admin').execute();
  expect((await admin.call('policy.set', { patch }, office)).status).toBe(200);
});
