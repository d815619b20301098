import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

const attemptLimits = { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 4 };
let running: TestServer;
beforeAll(async () => {
  running = await startTestServer({ attemptLimits });
});
afterAll(() => running.close());

async function loggedIn(member: string, password = testPassword): Promise<RawClient> {
  const client = new RawClient(running.url);
  expect((await client.login(member, { password })).status).toBe(200);
  return client;
}
const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.error?.details?.reason ?? body.error?.code];
const change = (client: RawClient, current: string, password: string) => client.call('member.changePassword', { current, password });
const lastAudit = async () => {
  const client = await loggedIn('admin');
  const { body } = await client.call('audit.search', { action: 'member.change_password', limit: 1 });
  return (body.value as { entries: Record<string, unknown>[] }).entries[0];
};

test('a member changes their own password: the other sessions end and hear why, this one goes on', async () => {
  const [here, there] = [await loggedIn('sato'), await loggedIn('sato')];
  const listener = await listenAs(there);
  expect((await change(here, testPassword, 'a new password 1')).body).toEqual({ ok: true, value: { ended: 1 } });
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'own_password_changed' });
  expect(outcome(await there.call('session.current'))).toEqual([401, 'session_ended']);
  expect((await here.call('session.current')).status).toBe(200);
  expect(outcome(await new RawClient(running.url).login('sato'))).toEqual([401, 'wrong_credentials']);
  await loggedIn('sato', 'a new password 1');
  expect(await lastAudit()).toMatchObject({ actorId: 'member-sato', result: 'success', details: { memberId: 'sato', ended: 1 } });
  const logged = await running.services.database.selectFrom('audit_entries').select('details').execute();
  expect(logged.some(({ details }) => details.includes('a new password 1') || details.includes(testPassword))).toBe(false);
});

test('a wrong current password changes nothing, is in the log, and is counted with failed logins', async () => {
  const [here, there] = [await loggedIn('tanaka'), await loggedIn('tanaka')];
  expect(outcome(await change(here, testPassword, 'short'))).toEqual([400, 'password_too_short']);
  for (let tries = 0; tries < 4; tries += 1)
    expect(outcome(await change(here, 'a guess', 'a new password 1'))).toEqual([403, 'wrong_password']);
  expect(await lastAudit()).toMatchObject({ actorId: 'member-tanaka', result: 'denied', details: { reason: 'wrong_password' } });
  expect(outcome(await change(here, testPassword, 'a new password 1'))).toEqual([429, 'too_many_attempts']);
  expect(outcome(await new RawClient(running.url).login('tanaka'))).toEqual([429, 'too_many_attempts']);
  for (const client of [here, there]) expect((await client.call('session.current')).status).toBe(200);
});

test('of two changes at once one wins', async () => {
  const client = await loggedIn('sato', 'a new password 1');
  const replies = await Promise.all(['the one password 1', 'the other password 2'].map((next) => change(client, 'a new password 1', next)));
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
  await loggedIn('sato', replies[0]!.status === 200 ? 'the one password 1' : 'the other password 2');
});

test('nobody changes a password without a session', async () => {
  const { status } = await change(new RawClient(running.url), testPassword, 'a new password 1');
  expect(status).toBe(401);
});
