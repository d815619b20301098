import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import type { LoginNeed } from '#shared/contract/login.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

let running: TestServer;
let admin: RawClient;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  running = await startTestServer({ clock });
});
afterAll(() => running.close());
beforeEach(async () => {
  admin = new RawClient(running.url);
  await running.services.database.deleteFrom('totp_keys').execute();
  await running.services.database.updateTable('members').set({ failed_logins: 0, state: 'active' }).execute();
  expect((await admin.login('admin')).status).toBe(200);
});

const device = (): RawClient => new RawClient(running.url);
const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || body.error?.details?.reason];
const continued = ({ body }: RawReply) => body.value as { kind: 'continue'; ticket: string; need: LoginNeed };
const codeOf = (secret: string, offsetMs = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now() + offsetMs });
const wrongCode = (secret: string): string => String((Number(codeOf(secret)) + 1) % 1_000_000).padStart(6, '0');
const code = (text: string) => ({ type: 'code', method: 'totp', code: text });

/** Sets up an authenticator program for a member, over the wire. */
async function withTotp(member: string): Promise<string> {
  const client = device();
  await client.login(member);
  const { secret } = (await client.call('account.totp.begin')).body.value as { secret: string };
  expect((await client.call('account.totp.confirm', { code: codeOf(secret) })).status).toBe(200);
  forward(60_000);
  return secret;
}
const audited = async () => {
  const rows = await running.services.database.selectFrom('audit_entries').selectAll().orderBy('sequence', 'desc').limit(20).execute();
  return rows.map(({ action, result, details }) => ({ action, result, details: JSON.parse(details) as Record<string, unknown> }));
};

test('a login that needs a second step opens with the code, and each answer makes a new ticket', async () => {
  const secret = await withTotp('sato');
  const client = device();
  const first = continued(await client.login('sato'));
  expect(first.need).toMatchObject({ type: 'code', why: 'two_step', methods: ['totp', 'recovery'], email: null, trustDays: 30 });
  expect(client.grant).toBeNull();
  expect(outcome(await client.continueLogin(first.ticket, code(codeOf(secret))))).toEqual([200, true]);
  expect(client.identity?.member.memberId).toBe('sato');
  expect((await client.call('session.current')).status).toBe(200);
  expect(outcome(await client.continueLogin(first.ticket, code(codeOf(secret, 30_000))))).toEqual([401, 'ticket_expired']);
  expect((await audited())[0]).toMatchObject({
    action: 'session.login',
    result: 'success',
    details: { method: 'password', factor: 'totp' },
  });
});

test('a ticket works only with the key that began', async () => {
  const secret = await withTotp('sato');
  const [mine, thief] = [device(), device()];
  const { ticket } = continued(await mine.login('sato'));
  expect(outcome(await thief.continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'ticket_expired']);
  expect((await audited())[0]).toMatchObject({ result: 'denied', details: { reason: 'ticket_of_another' } });
  expect(outcome(await mine.continueLogin(ticket, code(codeOf(secret))))).toEqual([200, true]);
});

test('a ticket of a page works only in the browser that began', async () => {
  const secret = await withTotp('sato');
  const [mine, other] = [new PageClient(running.url), new PageClient(running.url)];
  const { ticket } = continued(await mine.login('sato'));
  expect([...mine.cookies.keys()]).toEqual(['__Host-hikyaku-page']);
  expect(outcome(await other.continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'ticket_expired']);
  expect(outcome(await device().continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'kind_mismatch']);
  expect(outcome(await mine.continueLogin(ticket, code(codeOf(secret))))).toEqual([200, true]);
  expect(mine.cookies.has('__Host-hikyaku')).toBe(true);
});

test('a ticket ends after ten minutes', async () => {
  const secret = await withTotp('sato');
  const client = device();
  const { ticket } = continued(await client.login('sato'));
  forward(600_000);
  expect(outcome(await client.continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'ticket_expired']);
});

test('five wrong codes end a ticket, however many come at once', async () => {
  const secret = await withTotp('sato');
  const client = device();
  const { ticket } = continued(await client.login('sato'));
  const guesses = await Promise.all(Array.from({ length: 8 }, () => client.continueLogin(ticket, code(wrongCode(secret)))));
  const reasons = guesses.map(({ body }) => body.error?.details?.reason);
  expect(reasons.filter((reason) => reason === 'wrong_code')).toHaveLength(5);
  expect(outcome(await client.continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'ticket_expired']);
  const { failed_logins: failures } = await running.services.database
    .selectFrom('members')
    .select('failed_logins')
    .where('member_id', '=', 'sato')
    .executeTakeFirstOrThrow();
  expect(failures).toBe(5);
  const notices = await running.services.database
    .selectFrom('messages')
    .select('notice')
    .where('notice', 'like', '%codes_failed%')
    .execute();
  expect(notices.map(({ notice }) => JSON.parse(notice!) as object)).toMatchObject([{ facts: { client: 'pc-app', address: '127.0.0.1' } }]);
});

test('wrong codes count as failed logins: a password that is right each time does not begin the count anew', async () => {
  const secret = await withTotp('tanaka');
  await admin.call('policy.set', { patch: { password: { lockoutFailures: 3 } } });
  for (let tries = 0; tries < 3; tries += 1) {
    const client = device();
    const { ticket } = continued(await client.login('tanaka'));
    expect(outcome(await client.continueLogin(ticket, code(wrongCode(secret))))).toEqual([403, 'wrong_code']);
  }
  expect(outcome(await device().login('tanaka'))).toEqual([403, 'member_suspended_failures']);
  await admin.call('policy.set', { patch: { password: { lockoutFailures: null } } });
});

test('a password that changes while a login waits ends that login', async () => {
  const secret = await withTotp('sato');
  const client = device();
  const { ticket } = continued(await client.login('sato'));
  expect((await admin.call('member.setPassword', { member: 'sato', password: 'Different 1' })).status).toBe(200);
  expect(outcome(await client.continueLogin(ticket, code(codeOf(secret))))).toEqual([401, 'ticket_expired']);
  const { services } = running;
  const { password_hash: hash } = await services.database
    .selectFrom('members')
    .select('password_hash')
    .where('member_id', '=', 'admin')
    .executeTakeFirstOrThrow();
  await services.database.updateTable('members').set({ password_hash: hash, password_due: null }).where('member_id', '=', 'sato').execute();
});

test('who is suspended while a login waits is told so, and it does not open', async () => {
  const secret = await withTotp('sato');
  const client = device();
  const { ticket } = continued(await client.login('sato'));
  await running.services.database.updateTable('members').set({ state: 'suspended' }).where('member_id', '=', 'sato').execute();
  expect(outcome(await client.continueLogin(ticket, code(codeOf(secret))))).toEqual([403, 'member_suspended']);
});

test('a new password that is due is asked for last, judged by the rules, and ends the other sessions', async () => {
  const elsewhere = device();
  await elsewhere.login('tanaka');
  await running.services.database.updateTable('members').set({ password_due: 'requested' }).where('member_id', '=', 'tanaka').execute();
  const client = device();
  const first = continued(await client.login('tanaka'));
  expect(first.need).toMatchObject({ type: 'new_password', why: 'requested', rules: { minimumLength: 8 } });
  expect(outcome(await client.continueLogin(first.ticket, { type: 'new_password', password: 'short' }))).toEqual([
    400,
    'password_too_short',
  ]);
  expect(outcome(await client.continueLogin(first.ticket, code('123456')))).toEqual([400, 'login_step_other']);
  expect(outcome(await client.continueLogin(first.ticket, { type: 'new_password', password: 'Different 2' }))).toEqual([200, true]);
  expect((await client.call('session.current')).status).toBe(200);
  expect(outcome(await elsewhere.call('session.current'))).toEqual([401, 'session_ended']);
  expect(outcome(await device().login('tanaka'))).toEqual([401, 'wrong_credentials']);
  expect(outcome(await device().login('tanaka', { password: 'Different 2' }))).toEqual([200, true]);
});

test('a browser gets new cookies at each login, whatever it brought along, and stays one device', async () => {
  const page = new PageClient(running.url);
  page.cookies.set('__Host-hikyaku', 'planted-by-somebody-else-0000000000000000000');
  expect(outcome(await page.login('sato'))).toEqual([200, true]);
  const [session, browser] = [page.cookies.get('__Host-hikyaku'), page.cookies.get('__Host-hikyaku-browser')];
  expect(session).not.toContain('planted');
  expect(outcome(await page.login('sato'))).toEqual([200, true]);
  expect(page.cookies.get('__Host-hikyaku')).not.toBe(session);
  expect(page.cookies.get('__Host-hikyaku-browser')).not.toBe(browser);
  const devices = await running.services.database.selectFrom('devices').select('id').where('name', '=', 'Browser').execute();
  expect(devices).toHaveLength(2);
  const stored = JSON.stringify(await running.services.database.selectFrom('devices').selectAll().execute());
  expect(stored).not.toContain(page.cookies.get('__Host-hikyaku-browser')!);
});

test('nothing about second steps is told to who does not know the password', async () => {
  await withTotp('sato');
  const client = device();
  const known = await client.login('sato', { password: 'wrong password' });
  const unknown = await client.login('nobody', { password: 'wrong password' });
  expect(known.body).toEqual(unknown.body);
  expect(outcome(await client.continueLogin('x'.repeat(43), code('123456')))).toEqual([401, 'ticket_expired']);
});

test('tickets lie in the database as hashes only', async () => {
  await withTotp('sato');
  const { ticket } = continued(await device().login('sato', { password: testPassword }));
  const rows = JSON.stringify(await running.services.database.selectFrom('login_steps').selectAll().execute());
  expect(rows).not.toContain(ticket);
  expect((JSON.parse(rows) as unknown[]).length).toBeGreaterThan(0);
});
