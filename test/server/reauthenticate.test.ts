import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

let running: TestServer;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  running = await startTestServer({ clock, attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 6 } });
});
afterAll(() => running.close());

const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || (body.error?.details?.reason ?? body.error?.code)];
const codeOf = (secret: string): string => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now() });
async function loggedIn(member: string): Promise<RawClient> {
  const client = new RawClient(running.url);
  expect(outcome(await client.login(member))).toEqual([200, true]);
  return client;
}
/** Turns the clock, and takes the new tokens that a client would. */
async function later(client: RawClient, milliseconds: number): Promise<void> {
  forward(milliseconds);
  expect(outcome(await client.refresh())).toEqual([200, true]);
}
const dangerous = (client: RawClient) => client.call('account.totp.begin');
const lastAudit = async () => {
  const row = await running.services.database
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', 'session.reauthenticate')
    .orderBy('sequence', 'desc')
    .executeTakeFirstOrThrow();
  return { result: row.result, details: JSON.parse(row.details) as object };
};

test('dangerous acts are possible for ten minutes after a login, then only after proving again who asks', async () => {
  const client = await loggedIn('sato');
  expect(outcome(await dangerous(client))).toEqual([200, true]);
  await later(client, 599_000);
  expect(outcome(await dangerous(client))).toEqual([200, true]);
  await later(client, 2_000);
  expect(outcome(await dangerous(client))).toEqual([403, 'reauthentication_required']);
  const proved = await client.call('session.reauthenticate', { password: testPassword });
  expect((proved.body.value as { freshUntil: number }).freshUntil).toBeGreaterThan(clock.now() + 599_000);
  expect(outcome(await dangerous(client))).toEqual([200, true]);
  expect(await lastAudit()).toEqual({ result: 'success', details: { memberId: 'sato', by: 'password' } });
  const other = await loggedIn('sato');
  await later(client, 600_001);
  expect(outcome(await dangerous(client))).toEqual([403, 'reauthentication_required']);
  expect(outcome(await other.refresh())).toEqual([200, true]);
});

test('proving it in one session does nothing for another', async () => {
  const [here, there] = [await loggedIn('sato'), await loggedIn('sato')];
  forward(600_001);
  for (const client of [here, there]) await client.refresh();
  await here.call('session.reauthenticate', { password: testPassword });
  expect(outcome(await dangerous(here))).toEqual([200, true]);
  expect(outcome(await dangerous(there))).toEqual([403, 'reauthentication_required']);
});

test('a code or a recovery code proves it too, once', async () => {
  const client = await loggedIn('sato');
  const { secret } = (await dangerous(client)).body.value as { secret: string };
  const confirmed = await client.call('account.totp.confirm', { code: codeOf(secret) });
  const [recovery] = (confirmed.body.value as { recoveryCodes: string[] }).recoveryCodes;
  await later(client, 600_001);
  const code = codeOf(secret);
  expect(outcome(await client.call('session.reauthenticate', { code }))).toEqual([200, true]);
  expect(outcome(await client.call('session.reauthenticate', { code }))).toEqual([403, 'wrong_code']);
  expect(outcome(await client.call('session.reauthenticate', { code: recovery }))).toEqual([200, true]);
  expect(outcome(await client.call('session.reauthenticate', { code: recovery }))).toEqual([403, 'wrong_code']);
  expect(await lastAudit()).toEqual({ result: 'denied', details: { memberId: 'sato', reason: 'wrong_code' } });
  expect(outcome(await client.call('session.reauthenticate', {}))).toEqual([400, 'invalid']);
  expect(outcome(await client.call('account.totp.remove'))).toEqual([200, true]);
});

test('guessing here counts with failed logins, and the session goes on', async () => {
  const client = await loggedIn('tanaka');
  for (let tries = 0; tries < 6; tries += 1) {
    expect(outcome(await client.call('session.reauthenticate', { password: 'a guess' }))).toEqual([403, 'wrong_password']);
  }
  expect(outcome(await client.call('session.reauthenticate', { password: testPassword }))).toEqual([429, 'too_many_attempts']);
  expect(outcome(await new RawClient(running.url).login('tanaka'))).toEqual([429, 'too_many_attempts']);
  expect((await client.call('session.current')).status).toBe(200);
  const { failed_logins: failures } = await running.services.database
    .selectFrom('members')
    .select('failed_logins')
    .where('member_id', '=', 'tanaka')
    .executeTakeFirstOrThrow();
  expect(failures).toBe(6);
});
