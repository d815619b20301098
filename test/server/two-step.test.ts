import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountSecurity } from '#shared/contract/account.ts';
import type { LoginNeed } from '#shared/contract/login.ts';
import type { PolicyPatch } from '#shared/model/policy.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { unlockMember } from '../../server/identity/unlock.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

let running: TestServer;
let admin: RawClient;
let sink: MailSink;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  sink = await startMailSink();
  running = await startTestServer({ clock, mail: sink.server, trustedProxies: ['127.0.0.0/8'] });
});
afterAll(async () => {
  await running.close();
  await sink.close();
});
beforeEach(async () => {
  const { database } = running.services;
  for (const table of ['totp_keys', 'recovery_codes', 'passkeys', 'mail_codes'] as const) await database.deleteFrom(table).execute();
  await database.updateTable('members').set({ email: null, email_verified_at: null, email_codes: 0 }).execute();
  await database.updateTable('devices').set({ trusted_at: null, trusted_until: null }).execute();
  admin = new RawClient(running.url);
  await rules({});
});

/** The rules from now on: the usual ones, but for this. Written beside the server, and read by it within a second of its clock. */
async function rules(patch: PolicyPatch): Promise<void> {
  const { database } = running.services;
  const policy = {
    ...defaultPolicy,
    ...patch,
    twoStep: { ...defaultPolicy.twoStep, ...patch.twoStep },
    network: { ...defaultPolicy.network, ...patch.network },
  };
  await database
    .updateTable('tenants')
    .set(({ eb }) => ({ policy: JSON.stringify(policy), policy_revision: eb('policy_revision', '+', 1) }))
    .execute();
  forward(1_500);
}
const device = (): RawClient => new RawClient(running.url);
const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || (body.error?.details?.reason ?? body.error?.code)];
const continued = ({ body }: RawReply) => body.value as { kind: string; ticket: string; need: LoginNeed };
const codeOf = (secret: string): string => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now() });
const totp = (secret: string, more: object = {}) => ({ type: 'code', method: 'totp', code: codeOf(secret), ...more });
const loggedIn = async (member: string): Promise<RawClient> => {
  const client = device();
  expect(outcome(await client.login(member))).toEqual([200, true]);
  expect(client.grant).not.toBeNull();
  return client;
};
const security = async (client: RawClient | PageClient): Promise<AccountSecurity> =>
  (await client.call('account.security')).body.value as AccountSecurity;
async function enrolled(client: RawClient): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret } = (await client.call('account.totp.begin')).body.value as { secret: string };
  const reply = await client.call('account.totp.confirm', { code: codeOf(secret) });
  expect(outcome(reply)).toEqual([200, true]);
  forward(60_000);
  return { secret, recoveryCodes: (reply.body.value as { recoveryCodes: string[] }).recoveryCodes };
}
async function withAddress(client: RawClient, address: string): Promise<void> {
  const before = sink.mails.filter(({ to }) => to.includes(address)).length;
  expect(outcome(await client.call('account.email.set', { address }))).toEqual([200, true]);
  const { text } = await sink.to(address, before);
  expect(outcome(await client.call('account.email.confirm', { code: /\d{8}/.exec(text)![0] }))).toEqual([200, true]);
  forward(30_000);
}
const notices = async (member: string): Promise<string[]> => {
  const rows = await running.services.database
    .selectFrom('messages')
    .innerJoin('memberships', 'memberships.room_id', 'messages.room_id')
    .select('messages.notice')
    .where('memberships.member_id', '=', `member-${member}`)
    .where('messages.sender_id', '=', 'service')
    .where('messages.notice', 'not like', '%new_device%')
    .orderBy('messages.sequence', 'desc')
    .execute();
  return rows.flatMap(({ notice }) => (notice === null ? [] : [(JSON.parse(notice) as { kind: string }).kind]));
};

test('a code of an authenticator program works once, also for another login', async () => {
  const { secret } = await enrolled(await loggedIn('sato'));
  const [one, two] = [device(), device()];
  const first = continued(await one.login('sato'));
  const second = continued(await two.login('sato'));
  const same = totp(secret);
  expect(outcome(await one.continueLogin(first.ticket, same))).toEqual([200, true]);
  expect(outcome(await two.continueLogin(second.ticket, same))).toEqual([403, 'wrong_code']);
  forward(30_000);
  expect(outcome(await two.continueLogin(second.ticket, totp(secret)))).toEqual([200, true]);
});

test('a clock may be half a minute off, no more', async () => {
  const { secret } = await enrolled(await loggedIn('sato'));
  const at = (ms: number) => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now() + ms });
  const answer = async (text: string) => {
    const client = device();
    const { ticket } = continued(await client.login('sato'));
    return outcome(await client.continueLogin(ticket, { type: 'code', method: 'totp', code: text }));
  };
  expect(await answer(at(-90_000))).toEqual([403, 'wrong_code']);
  expect(await answer(at(90_000))).toEqual([403, 'wrong_code']);
  expect(await answer(at(-30_000))).toEqual([200, true]);
  expect(await answer(at(30_000))).toEqual([200, true]);
});

test('the key of an authenticator program is sealed in the database, for its member only', async () => {
  const { secret } = await enrolled(await loggedIn('sato'));
  const rows = await running.services.database.selectFrom('totp_keys').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(secret);
  await running.services.database.updateTable('totp_keys').set({ member_id: 'member-tanaka' }).execute();
  const client = device();
  const { ticket } = continued(await client.login('tanaka'));
  expect((await client.continueLogin(ticket, totp(secret))).status).toBe(500);
});

test('the first method brings ten recovery codes; each works once and its owner hears of it', async () => {
  const { recoveryCodes } = await enrolled(await loggedIn('sato'));
  expect(recoveryCodes).toHaveLength(10);
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(recoveryCodes[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  const use = async (text: string): Promise<unknown[]> => {
    const client = device();
    const { ticket } = continued(await client.login('sato'));
    return outcome(await client.continueLogin(ticket, { type: 'code', method: 'recovery', code: text }));
  };
  expect(await use(` ${recoveryCodes[0]!.toLowerCase().replaceAll('-', ' ')} `)).toEqual([200, true]);
  expect(await use(recoveryCodes[0]!)).toEqual([403, 'wrong_code']);
  expect(await use(recoveryCodes[1]!)).toEqual([200, true]);
  expect((await notices('sato')).slice(0, 1)).toEqual(['recovery_code_used']);
  const stored = JSON.stringify(await running.services.database.selectFrom('recovery_codes').selectAll().execute());
  for (const one of recoveryCodes) expect(stored).not.toContain(one);
});

test('new recovery codes make the ones before void', async () => {
  const client = await loggedIn('sato');
  const { recoveryCodes, secret } = await enrolled(client);
  await client.refresh();
  const { recoveryCodes: renewed } = (await client.call('account.recoveryCodes.renew')).body.value as { recoveryCodes: string[] };
  const { ticket } = continued(await client.login('sato'));
  expect(outcome(await client.continueLogin(ticket, { type: 'code', method: 'recovery', code: recoveryCodes[0] }))).toEqual([
    403,
    'wrong_code',
  ]);
  expect(outcome(await client.continueLogin(ticket, { type: 'code', method: 'recovery', code: renewed[0] }))).toEqual([200, true]);
  expect((await security(client)).twoStep).toMatchObject({ enabled: true, totp: true, recoveryCodesLeft: 9 });
  expect(secret).not.toBe('');
});

test('codes by e-mail: eight digits to the verified address, asked for one by one, good for one login', async () => {
  const client = await loggedIn('sato');
  await withAddress(client, 'sato@example.com');
  expect((await security(client)).email).toEqual({ address: 'sato@example.com', verified: true });
  const on = await client.call('account.emailCode.set', { enabled: true });
  expect((on.body.value as { recoveryCodes: string[] }).recoveryCodes).toHaveLength(10);

  const [one, two] = [device(), device()];
  const first = continued(await one.login('sato'));
  expect(first.need).toMatchObject({ type: 'code', methods: ['email', 'recovery'], email: 's•••@example.com' });
  const before = sink.mails.length;
  const sent = continued(await one.continueLogin(first.ticket, { type: 'send_code' }));
  expect(sent.need).toMatchObject({ type: 'code' });
  expect(sent.ticket).not.toBe(first.ticket);
  const text = /\d{8}/.exec((await sink.to('sato@example.com', before)).text)![0];
  expect(outcome(await one.continueLogin(sent.ticket, { type: 'send_code' }))).toEqual([429, 'code_sent_lately']);

  const second = continued(await two.login('sato'));
  const answer = { type: 'code', method: 'email', code: text };
  expect(outcome(await two.continueLogin(second.ticket, answer))).toEqual([403, 'code_expired']);
  expect(outcome(await one.continueLogin(sent.ticket, { ...answer, code: '00000000' }))).toEqual([403, 'wrong_code']);
  expect(outcome(await one.continueLogin(sent.ticket, answer))).toEqual([200, true]);
  expect(JSON.stringify(await running.services.database.selectFrom('audit_entries').select('details').execute())).not.toContain(text);
});

test('a code by e-mail runs out after ten minutes and after five tries', async () => {
  const client = await loggedIn('sato');
  await client.call('account.email.set', { address: 'late@example.com' });
  const { text } = await sink.to('late@example.com');
  const code = /\d{8}/.exec(text)![0];
  for (let tries = 0; tries < 5; tries += 1) {
    expect(outcome(await client.call('account.email.confirm', { code: '00000000' }))).toEqual([403, 'wrong_code']);
  }
  expect(outcome(await client.call('account.email.confirm', { code }))).toEqual([403, 'code_expired']);
  forward(30_000);
  await client.call('account.email.set', { address: 'late@example.com' });
  const again = /\d{8}/.exec((await sink.to('late@example.com', 1)).text)![0];
  forward(200_000);
  await client.refresh();
  forward(200_000);
  await client.refresh();
  forward(200_000);
  await client.refresh();
  expect(outcome(await client.call('account.email.confirm', { code: again }))).toEqual([403, 'code_expired']);
  expect((await security(client)).email).toEqual({ address: null, verified: false });
});

test('ACC-20: who must have a second step and has none sets it up on the way in', async () => {
  await rules({ twoStep: { required: true, methods: ['totp'] } });
  const client = device();
  const enrol = continued(await client.login('sato'));
  const { secret, uri } = enrol.need as Extract<LoginNeed, { type: 'enrol_totp' }>;
  expect(uri).toContain(`secret=${secret}`);
  expect(JSON.stringify(await running.services.database.selectFrom('login_steps').selectAll().execute())).not.toContain(secret);
  expect(outcome(await client.continueLogin(enrol.ticket, { type: 'enrol_totp', code: '000000' }))).toEqual([403, 'wrong_code']);
  const shown = continued(await client.continueLogin(enrol.ticket, { type: 'enrol_totp', code: codeOf(secret) }));
  expect((shown.need as Extract<LoginNeed, { type: 'recovery_codes' }>).codes).toHaveLength(10);
  expect(outcome(await client.continueLogin(shown.ticket, { type: 'recovery_codes_kept' }))).toEqual([200, true]);
  expect((await security(client)).twoStep).toMatchObject({ required: true, enabled: true, totp: true, recoveryCodesLeft: 10 });
  expect(continued(await device().login('sato')).need.type).toBe('code');
  expect(outcome(await client.call('account.totp.remove'))).toEqual([409, 'two_step_required']);
  expect((await security(client)).twoStep.totp).toBe(true);
});

test('where only codes by e-mail are allowed, the registered address gets one; without an address the reason is said', async () => {
  await rules({ twoStep: { required: true, methods: ['email'] } });
  expect(outcome(await device().login('sato'))).toEqual([403, 'two_step_unavailable']);
  await running.services.database.updateTable('members').set({ email: 'listed@example.com' }).where('member_id', '=', 'sato').execute();
  const client = device();
  const first = continued(await client.login('sato'));
  expect(first.need).toMatchObject({ type: 'code', methods: ['email'], email: 'l•••@example.com' });
  const sent = continued(await client.continueLogin(first.ticket, { type: 'send_code' }));
  const code = /\d{8}/.exec((await sink.to('listed@example.com')).text)![0];
  expect(outcome(await client.continueLogin(sent.ticket, { type: 'code', method: 'email', code }))).toEqual([200, true]);
});

test('a rule that nobody can keep does not shut out who alone can change it', async () => {
  await rules({ twoStep: { required: true, methods: ['email'] } });
  expect(continued(await admin.login('admin')).kind).toBe('open');
  await rules({});
  await enrolled(admin);
  await rules({ twoStep: { required: true, methods: ['email'] } });
  expect(continued(await device().login('admin')).need).toMatchObject({ type: 'code', methods: ['totp', 'recovery'] });
});

test('sessions that are open go on when two-step verification becomes required', async () => {
  const client = await loggedIn('tanaka');
  await rules({ twoStep: { required: true } });
  expect((await client.call('session.current')).status).toBe(200);
  expect(outcome(await client.refresh({ resumed: true }))).toEqual([200, true]);
  expect(continued(await device().login('tanaka')).kind).toBe('continue');
});

test('ACC-21, ACC-28: a trusted device is not asked again until its days are over, the rule changes, or somebody unlists it', async () => {
  const client = await loggedIn('sato');
  const { secret } = await enrolled(client);
  const { ticket } = continued(await client.login('sato'));
  expect(outcome(await client.continueLogin(ticket, totp(secret, { trustDevice: true })))).toEqual([200, true]);
  const { trustedDevices } = await security(client);
  expect(trustedDevices).toMatchObject([{ name: 'PC-01', platform: 'test' }]);
  expect(trustedDevices[0]!.until - trustedDevices[0]!.verifiedAt).toBe(30 * 86_400_000);
  expect(continued(await client.login('sato')).kind).toBe('open');
  expect(continued(await device().login('sato')).kind).toBe('continue');

  await rules({ twoStep: { trustDevices: false } });
  expect(continued(await client.login('sato')).need).toMatchObject({ type: 'code', trustDays: null });
  await rules({ twoStep: { trustDays: 1 } });
  expect(continued(await client.login('sato')).kind).toBe('open');
  forward(86_400_000);
  expect(continued(await client.login('sato')).kind).toBe('continue');
  await rules({});
  expect(continued(await client.login('sato')).kind).toBe('open');
  expect(outcome(await client.call('account.trustedDevice.remove', { id: trustedDevices[0]!.id }))).toEqual([200, true]);
  expect(continued(await client.login('sato')).kind).toBe('continue');
});

test('ACC-28: an administrator unlists a trusted device, and its next login asks again', async () => {
  const client = await loggedIn('sato');
  const { secret } = await enrolled(client);
  const { ticket } = continued(await client.login('sato'));
  await client.continueLogin(ticket, totp(secret, { trustDevice: true }));
  await admin.login('admin');
  const { devices } = (await admin.call('device.list', { member: 'member-sato', trusted: true })).body.value as {
    devices: { id: string }[];
  };
  expect(devices).toHaveLength(1);
  expect(outcome(await admin.call('device.untrust', { deviceId: devices[0]!.id }))).toEqual([200, true]);
  expect((await client.call('session.current')).status).toBe(200);
  expect(continued(await client.login('sato')).kind).toBe('continue');
});

test('a browser is trusted by a cookie of its own, for one member, and a copy is worth nothing after the next login', async () => {
  const { secret } = await enrolled(await loggedIn('sato'));
  const page = new PageClient(running.url);
  const { ticket } = continued(await page.login('sato'));
  expect(outcome(await page.continueLogin(ticket, totp(secret, { trustDevice: true })))).toEqual([200, true]);
  const copied = page.cookies.get('__Host-hikyaku-browser')!;
  expect(continued(await page.login('sato')).kind).toBe('open');
  const thief = new PageClient(running.url);
  thief.cookies.set('__Host-hikyaku-browser', copied);
  expect(continued(await thief.login('sato')).kind).toBe('continue');
  const { secret: other } = await enrolled(await loggedIn('tanaka'));
  expect(continued(await page.login('tanaka')).kind).toBe('continue');
  expect(other).not.toBe(secret);
  expect(continued(await page.login('sato')).kind).toBe('open');
});

test('removing the last method turns two-step verification off, with its recovery codes', async () => {
  const client = await loggedIn('sato');
  await enrolled(client);
  expect(outcome(await client.call('account.totp.remove'))).toEqual([200, true]);
  expect((await security(client)).twoStep).toMatchObject({ enabled: false, totp: false, recoveryCodesLeft: 0 });
  expect(continued(await device().login('sato')).kind).toBe('open');
  expect((await notices('sato')).slice(0, 2)).toEqual(['totp_off', 'totp_on']);
  expect(outcome(await client.call('account.totp.remove'))).toEqual([404, 'not_found']);
});

test('methods that the rules leave out cannot be set up', async () => {
  const client = await loggedIn('sato');
  await rules({ twoStep: { methods: ['email'] }, loginMethods: { passkey: false, oidc: true, saml: true } });
  expect(outcome(await client.call('account.totp.begin'))).toEqual([403, 'factor_not_allowed']);
  expect(outcome(await client.call('account.passkey.begin'))).toEqual([403, 'factor_not_allowed']);
  expect(outcome(await client.call('account.emailCode.set', { enabled: true }))).toEqual([409, 'email_unverified']);
  expect((await security(client)).twoStep.allowed).toEqual(['email']);
});

test('who lost every second step, with nobody to reset it, is helped on the server itself', async () => {
  await admin.login('admin');
  await enrolled(admin);
  const sessions = { endAll: async () => [] };
  await unlockMember(
    running.services,
    { audit: appendAudit(clock), sessions },
    { name: 'admin@acme', password: null, resetTwoStep: false },
  );
  expect(continued(await device().login('admin')).kind).toBe('continue');
  await unlockMember(running.services, { audit: appendAudit(clock), sessions }, { name: 'admin@acme', password: null, resetTwoStep: true });
  expect(continued(await device().login('admin')).kind).toBe('open');
});

test('an administrator resets the second steps of somebody who lost them; the member is told, and devices are not trusted any more', async () => {
  const client = await loggedIn('sato');
  const { secret } = await enrolled(client);
  const { ticket } = continued(await client.login('sato'));
  await client.continueLogin(ticket, totp(secret, { trustDevice: true }));
  await admin.login('admin');
  expect(outcome(await client.call('member.resetTwoStep', { member: 'tanaka' }))).toEqual([403, 'role_missing']);
  expect(outcome(await admin.call('member.resetTwoStep', { member: 'sato' }))).toEqual([200, true]);
  expect((await notices('sato'))[0]).toBe('two_step_reset');
  expect((await security(client)).trustedDevices).toEqual([]);
  expect((await security(client)).twoStep).toMatchObject({ enabled: false, recoveryCodesLeft: 0 });
  const [entry] = ((await admin.call('audit.search', { action: 'member.reset_two_step', limit: 1 })).body.value as { entries: object[] })
    .entries;
  expect(entry).toMatchObject({ result: 'success', details: { memberId: 'sato', totp: true } });
});

test('NET-03: from a country outside the list a code is asked for once, also on a trusted device', async () => {
  const abroad = { 'x-forwarded-for': '1.1.1.1' };
  const client = device();
  const { secret } = await enrolled(await loggedIn('sato'));
  const first = continued(await client.login('sato'));
  expect(outcome(await client.continueLogin(first.ticket, totp(secret, { trustDevice: true })))).toEqual([200, true]);
  forward(60_000);
  await rules({ network: { limitCountries: true, countries: ['JP'], outside: 'verify' } });
  const asked = continued(await client.login('sato', { headers: abroad }));
  expect(asked.need).toMatchObject({ type: 'code', why: 'country', trustDays: null });
  const answer = { ticket: asked.ticket, answer: totp(secret, { trustDevice: true }) };
  const opened = await client.call('session.continue', answer, abroad, null);
  expect(opened.body.value).toMatchObject({ kind: 'open' });
  const token = (opened.body.value as { grant: { accessToken: string } }).grant.accessToken;
  expect((await client.call('session.current', {}, abroad, token)).status).toBe(200);
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
  const plain = device();
  expect(outcome(await plain.login('tanaka', { headers: abroad }))).toEqual([403, 'country_unverified']);
  expect(continued(await device().login('tanaka')).kind).toBe('open');
});
