import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
const loggedIn: RulesServer['loggedIn'] = (...given) => server.loggedIn(...given);
const database: RulesServer['database'] = () => server.database();
const as: RulesServer['as'] = (...given) => server.as(...given);
const rulesNow: RulesServer['rulesNow'] = () => server.rulesNow();

test('a preview names whoever would be stopped where they are now, the asker first, and changes nothing', async () => {
  await database().deleteFrom('sessions').where('member_id', '!=', 'member-admin').execute();
  await as('sato', 'administrator');
  const sato = await loggedIn('sato', home);
  await loggedIn('tanaka', from('1.1.1.1'));
  await loggedIn('tanaka', office);
  const before = await rulesNow();
  const patch = { network: { mode: 'designated', ranges: ['203.0.113.0/24'] } };
  const preview = valueOf<{
    cutOff: { memberId: string; self: boolean; sessions: object[] }[];
    total: number;
    openSessions: number;
    self: boolean;
  }>(await sato.call('policy.preview', { patch }, home));
  const stopped = { kind: 'pc-app', deviceName: 'PC-01', reason: 'network_denied', rule: 'NET-01' };
  expect(preview).toEqual({
    cutOff: [
      {
        memberId: 'member-sato',
        name: 'sato',
        self: true,
        sessions: [{ ...stopped, address: '198.51.100.9', country: expect.toBeOneOf([null, expect.any(String)]) }],
      },
      { memberId: 'member-tanaka', name: 'tanaka', self: false, sessions: [{ ...stopped, address: '1.1.1.1', country: 'AU' }] },
    ],
    total: 2,
    openSessions: expect.any(Number),
    self: true,
  });
  expect(await rulesNow()).toEqual(before);
  expect((await sato.call('policy.get', {}, home)).status).toBe(200);
});

test('a preview also finds those who would lose one service, and those who were stopped before are not new', async () => {
  await database().deleteFrom('sessions').where('member_id', '!=', 'member-admin').execute();
  await loggedIn('sato', office);
  const noDrive = { talk: ['browser', 'pc-app', 'drive-explorer', 'mobile'], drive: ['browser', 'pc-app', 'mobile'] };
  const patch = { permissions: { templates: [{ id: 'default', name: 'Standard', services: noDrive }] } };
  const lost = valueOf<{ cutOff: { memberId: string; sessions: object[] }[] }>(await admin.call('policy.preview', { patch }, office));
  expect(lost.cutOff.map(({ memberId }) => memberId).toSorted()).toEqual(['member-admin', 'member-sato']);
  expect(lost.cutOff.find(({ memberId }) => memberId === 'member-sato')!.sessions).toMatchObject([
    { reason: 'service_denied', rule: 'ADM-09' },
  ]);
  expect((await admin.call('policy.set', { patch }, office)).status).toBe(200);
  const again = valueOf<{ total: number }>(await admin.call('policy.preview', { patch }, office));
  expect(again.total).toBe(0);
});

test('the simulator answers by the rules that the server enforces, step by step', async () => {
  await admin.call(
    'policy.set',
    { patch: { blockedExtensions: { drive: ['exe'] }, minimumVersion: '3.4.0' }, confirmWithinSeconds: 60 },
    office,
  );
  const asked = { member: 'sato', kind: 'pc-app', clientVersion: '3.4.0', address: '203.0.113.7' };
  const upload = { kind: 'file', direction: 'send', service: 'drive', name: 'report.exe' };
  // The patch of a minimum version shuts this test's own client out; the simulator is asked by one that is new enough.
  admin.version = '3.4.0';
  interface Answer {
    allowed: boolean;
    reason: string | null;
    rule: string | null;
    subject: string | null;
    country: string | null;
    steps: { step: string; effect: string; rule: string | null }[];
  }
  const simulate = async (more: object): Promise<Answer> =>
    valueOf<Answer>(await admin.call('policy.simulate', { ...asked, act: upload, ...more }, office));
  const refused = await simulate({});
  expect(refused).toMatchObject({ allowed: false, reason: 'extension_blocked', rule: 'FIL-01', subject: 'exe', country: 'AU' });
  expect(refused.steps.map(({ step, effect }) => `${step} ${effect}`)).toEqual([
    'version allow',
    'session allow',
    'account allow',
    'app_block allow',
    'network allow',
    'country allow',
    'service allow',
    'role allow',
    'proof allow',
    'file deny',
    'keep_login not_reached',
  ]);
  expect(await simulate({ clientVersion: '3.3.9' })).toMatchObject({ reason: 'upgrade_required', subject: '3.4.0' });
  expect(await simulate({ act: { ...upload, name: 'report.pdf' } })).toMatchObject({ allowed: true, reason: null, rule: null });
  expect(await simulate({ act: { kind: 'administer' } })).toMatchObject({ reason: 'role_missing' });
  expect(await simulate({ member: 'member-admin', act: { kind: 'administer' } })).toMatchObject({ allowed: true });
  expect(await simulate({ act: { kind: 'login' } })).toMatchObject({ allowed: true });
  expect(await simulate({ act: { kind: 'resume' }, patch: { keepLogin: { pcApp: false } } })).toMatchObject({ rule: 'ACC-30' });
  expect(
    await simulate({ act: { kind: 'use', service: 'talk' }, patch: { network: { limitCountries: true, countries: ['JP'] } } }),
  ).toMatchObject({ reason: 'country_unverified', rule: 'NET-03', subject: 'AU' });
  expect(
    await simulate({
      kind: 'mobile',
      act: { kind: 'use', service: 'talk' },
      patch: { network: { mode: 'designated', ranges: [], limitCountries: true, countries: ['JP'] } },
    }),
  ).toMatchObject({ allowed: true });
  const external = { kind: 'file', direction: 'send', service: 'talk', name: 'a.txt', externalRoom: true };
  expect(await simulate({ act: external, patch: { files: { externalRooms: false } } })).toMatchObject({ rule: 'FIL-06' });
  expect(await simulate({ act: { ...upload, service: 'talk', through: 'drive' } })).toMatchObject({ rule: 'FIL-03', subject: 'exe' });
  expect(failure(await admin.call('policy.simulate', { ...asked, act: upload, address: 'nowhere' }, office))).toEqual([
    400,
    'invalid',
    'address_invalid',
  ]);
  expect(failure(await admin.call('policy.simulate', { ...asked, act: upload, member: 'nobody' }, office))).toEqual([
    400,
    'invalid',
    'member_unknown',
  ]);
  admin.version = '0.1.0';
});

test('beside each rule stands how many people it touches now', async () => {
  await database().deleteFrom('sessions').where('member_id', '!=', 'member-admin').execute();
  await loggedIn('sato', home);
  await database()
    .updateTable('members')
    .set({ password_set_at: Date.now() - 40 * 86_400_000 })
    .where('member_id', '=', 'tanaka')
    .execute();
  await database().updateTable('members').set({ password_set_at: Date.now() }).where('member_id', '!=', 'tanaka').execute();
  const none = valueOf<{ members: number; sections: Record<string, { members: number }> }>(await admin.call('policy.affected', {}, office));
  expect(none.members).toBe(3);
  expect(none.sections).toMatchObject({
    password: { members: 0 },
    network: { members: 0 },
    twoStep: { members: 0 },
    permissions: { members: 0 },
  });
  const patch = {
    password: { expiryDays: 30 },
    twoStep: { required: true },
    keepLogin: { pcApp: false },
    network: { mode: 'designated', ranges: ['203.0.113.0/24'] },
    blockedExtensions: { talk: ['exe'] },
  };
  expect((await admin.call('policy.set', { patch }, office)).status).toBe(200);
  const { sections } = valueOf<{ sections: Record<string, { members: number; note: null }> }>(
    await admin.call('policy.affected', {}, office),
  );
  expect(sections).toMatchObject({
    password: { members: 1, note: null },
    twoStep: { members: 3 },
    keepLogin: { members: 2 },
    network: { members: 1 },
    blockedExtensions: { members: 3 },
    minimumVersion: { members: 0 },
  });
  await database().updateTable('members').set({ password_set_at: null }).execute();
});
