import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import type { LoginOutcome } from '#shared/contract/login.ts';
import type { Message } from '#shared/model/talk.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';
import { startServer } from '../../server/start.ts';
import { unlockMember } from '../../server/identity/unlock.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { delayOf } from '../../server/identity/password-lockout.ts';

let running: TestServer;
let offset = 0;
const clock: Clock = {
  now: () => Date.now() + offset,
  monotonic: () => performance.now() + offset,
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
beforeAll(async () => {
  running = await startTestServer({ clock });
});
afterAll(() => running.close());
afterEach(async () => {
  const fresh = { state: 'active', failed_logins: 0, last_failed_at: null };
  await running.services.database.updateTable('members').set(fresh).execute();
  await limit(null);
});

const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];
const login = async (member: string, password = testPassword, url = running.url) =>
  outcome(await new RawClient(url).login(member, { password }));
async function loggedIn(member: string): Promise<RawClient> {
  const client = new RawClient(running.url);
  expect(outcome(await client.login(member))).toEqual([200, true]);
  return client;
}
const limit = async (lockoutFailures: number | null): Promise<void> => {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('policy.set', { patch: { password: { lockoutFailures } } }))).toEqual([200, true]);
};
const row = (memberId: string) =>
  running.services.database
    .selectFrom('members')
    .select(['state', 'failed_logins', 'last_failed_at'])
    .where('member_id', '=', memberId)
    .executeTakeFirstOrThrow();
const noticesOf = async (client: RawClient): Promise<Message[]> => {
  const { rooms } = (await client.call('talk.changes', { cursor: null })).body.value as { rooms: { id: string; kind: string }[] };
  const room = rooms.find(({ kind }) => kind === 'service');
  if (room === undefined) return [];
  return ((await client.call('message.list', { roomId: room.id })).body.value as { messages: Message[] }).messages;
};
const lockedOut = [403, 'member_suspended_failures'];
const wrong = [401, 'wrong_credentials'];

test.each([3, 4, 5, 6, 7, 8, 9, 10])('after %i failures in a row the account is suspended, and not before (ACC-05)', async (failures) => {
  await limit(failures);
  for (let tries = 1; tries < failures; tries += 1) expect(await login('sato', 'a guess')).toEqual(wrong);
  expect(await login('sato')).toEqual([200, true]);
  for (let tries = 1; tries <= failures; tries += 1) {
    expect(await row('sato')).toMatchObject({ state: 'active', failed_logins: tries - 1 });
    expect(await login('sato', 'a guess')).toEqual(wrong);
  }
  expect(await row('sato')).toMatchObject({ state: 'suspended_failures' });
  // Who guesses on learns nothing; who knows the password learns why.
  expect(await login('sato', 'a guess')).toEqual(wrong);
  expect(await login('sato')).toEqual(lockedOut);
});

test('without the rule nobody is suspended', async () => {
  for (let tries = 0; tries < 15; tries += 1) expect(await login('sato', 'a guess')).toEqual(wrong);
  expect(await login('sato')).toEqual([200, true]);
});

test('a suspension ends every session, is in the log, and administrators are told; only they lift it, and time does not', async () => {
  await limit(3);
  const [admin, there] = [await loggedIn('admin'), await loggedIn('sato')];
  await there.call('session.endAll');
  const listener = await listenAs(there);
  for (let tries = 0; tries < 3; tries += 1) await login('sato', 'a guess');
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'member_suspended_failures' });
  expect((await there.call('session.current')).status).toBe(401);
  const { entries } = (await admin.call('audit.search', { action: 'member.lock_out', limit: 1 })).body.value as { entries: object[] };
  expect(entries[0]).toMatchObject({ actorId: null, target: 'member-sato', details: { memberId: 'sato', failures: 3, ended: 1 } });
  const notices = await noticesOf(admin);
  expect(notices.at(-1)).toMatchObject({
    senderId: 'service',
    notice: { kind: 'locked_out', facts: { memberId: 'sato', name: 'sato', failures: 3 } },
  });
  expect(notices.at(-1)!.text).toContain('sato');

  offset += 30 * 86_400_000;
  expect(await login('sato')).toEqual(lockedOut);
  const again = await loggedIn('admin');
  expect(outcome(await again.call('member.setState', { member: 'sato', state: 'active' }))).toEqual([200, true]);
  expect(await row('sato')).toMatchObject({ state: 'active', failed_logins: 0 });
  expect(await login('sato', 'a guess')).toEqual(wrong);
  expect(await login('sato')).toEqual([200, true]);
});

test('suspending replaces "absent"', async () => {
  await limit(3);
  await running.services.database.updateTable('members').set({ state: 'absent' }).where('member_id', '=', 'sato').execute();
  for (let tries = 0; tries < 3; tries += 1) await login('sato', 'a guess');
  expect(await row('sato')).toMatchObject({ state: 'suspended_failures' });
});

test('many guesses at once count each, and two processes share the count', async () => {
  await limit(10);
  const { services, server: _server } = running;
  const second = await startServer(services, {
    version: '0.1.0',
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustedProxies: [],
    tls: null,
    demo: null,
    attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 1_000 },
    pages: null,
  });
  const guesses = Array.from({ length: 9 }, (_, at) => login('sato', `guess ${at}`, at % 2 === 0 ? running.url : second.url));
  expect(new Set((await Promise.all(guesses)).map(String))).toEqual(new Set([String(wrong)]));
  expect(await row('sato')).toMatchObject({ state: 'active', failed_logins: 9 });
  expect(await login('sato', 'the last guess', second.url)).toEqual(wrong);
  expect(await login('sato', testPassword, running.url)).toEqual(lockedOut);
  await second.close();
});

test('guessing at the current password from within a session counts too', async () => {
  await limit(3);
  const client = await loggedIn('sato');
  for (let tries = 0; tries < 3; tries += 1) {
    expect(outcome(await client.call('member.changePassword', { current: 'a guess', password: 'a new password 1' }))).toEqual([
      403,
      'wrong_password',
    ]);
  }
  expect((await client.call('session.current')).status).toBe(401);
  expect(await login('sato')).toEqual(lockedOut);
});

test('the supreme administrator is delayed, longer each time, and never suspended; the host lifts the delay', async () => {
  await limit(3);
  for (let tries = 0; tries < 3; tries += 1) expect(await login('admin', 'a guess')).toEqual(wrong);
  const delayed = await new RawClient(running.url).login('admin');
  expect(outcome(delayed)).toEqual([429, 'too_many_attempts']);
  expect(delayed.body.error?.details).toMatchObject({ retryAfterSeconds: 30, rule: 'ACC-05' });
  offset += 30_000;
  expect(await login('admin', 'a guess')).toEqual(wrong);
  offset += 59_000;
  expect(await login('admin')).toEqual([429, 'too_many_attempts']);
  expect(await row('admin')).toMatchObject({ state: 'active', failed_logins: 4 });
  const { services } = running;
  const sessions = { endAll: async () => [] };
  const unlocked = await unlockMember(services, { audit: appendAudit(clock), sessions }, { name: 'admin@acme', password: null });
  expect(unlocked).toMatchObject({ member: 'admin@acme', before: 'active' });
  expect(await login('admin')).toEqual([200, true]);
  expect(await row('admin')).toMatchObject({ failed_logins: 0, last_failed_at: null });
});

test('the delay doubles from the limit on and has an end', () => {
  const policy = { password: { lockoutFailures: 3 } } as Parameters<typeof delayOf>[2];
  expect([1, 2, 3, 4, 5, 8, 50].map((failures) => delayOf('supreme', failures, policy))).toEqual([
    0, 0, 30_000, 60_000, 120_000, 900_000, 900_000,
  ]);
  expect(delayOf('administrator', 50, policy)).toBe(0);
  expect(delayOf('supreme', 50, { password: { ...policy.password, lockoutFailures: null } })).toBe(0);
});

test('limits per address count failures only: a whole office behind one address logs in', async () => {
  const office = await startTestServer({ attemptLimits: { windowSeconds: 900, perAddress: 5, perAccount: 1_000, perPair: 1_000 } });
  for (let times = 0; times < 12; times += 1) expect(await login('sato', testPassword, office.url)).toEqual([200, true]);
  for (let tries = 0; tries < 5; tries += 1) expect(await login(`guess${tries}`, 'a guess', office.url)).toEqual(wrong);
  expect(await login('tanaka', testPassword, office.url)).toEqual([429, 'too_many_attempts']);
  await office.close();
});

test('neither answer nor time tells who exists', async () => {
  await limit(10);
  const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const client = new RawClient(running.url);
  const device = { name: 'PC-01', platform: 'test', appVersion: '0.1.0' };
  const measure = async (member: string): Promise<number> => {
    const start = performance.now();
    const reply = await client.call('session.login', { member, password: 'a guess', kind: 'pc-app', device }, {}, null);
    expect(outcome(reply)).toEqual(wrong);
    return performance.now() - start;
  };
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let tries = 0; tries < 25; tries += 1) {
    known.push(await measure(tries % 2 === 0 ? 'sato' : 'tanaka'));
    unknown.push(await measure('nobody'));
  }
  const ratio = median(known) / median(unknown);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});

test('a login that was right before the suspension does not slip in behind it', async () => {
  await limit(3);
  const device = { name: 'PC-01', platform: 'test', appVersion: '0.1.0' };
  const replies = await Promise.all(
    ['guess 1', 'guess 2', 'guess 3', testPassword].map((password) =>
      new RawClient(running.url).call('session.login', { member: 'sato', password, kind: 'pc-app', device }, {}, null),
    ),
  );
  const open = replies.find(({ body }) => body.ok && (body.value as LoginOutcome).kind === 'open');
  const { state } = await row('sato');
  const sessions = await running.services.database
    .selectFrom('sessions')
    .select('id')
    .where('member_id', '=', 'member-sato')
    .where('ended_at', 'is', null)
    .execute();
  // Either it came first and was ended, or it came before the count was full and began it anew.
  if (state === 'suspended_failures') expect(sessions).toEqual([]);
  else expect(open).toBeDefined();
});
