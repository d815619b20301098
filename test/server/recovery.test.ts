import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import type { PolicyPatch } from '#shared/model/policy.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { addTenant, startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

const generous = { windowSeconds: 900, perAddress: 10_000, perAccount: 1_000, perPair: 1_000 };
let running: TestServer;
let sink: MailSink;
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
  sink = await startMailSink();
  running = await startTestServer({ clock, mail: sink.server, recoveryLimits: generous });
  const people = { admin: 'admin@acme.example', sato: 'sato@acme.example', tanaka: null };
  for (const [memberId, email] of Object.entries(people)) await update(memberId, { email });
});
afterAll(async () => {
  await running.close();
  await sink.close();
});
beforeEach(async () => {
  sink.mails.length = 0;
  await rules({ password: { recoveryByEmail: true, reuseBan: 0 } });
  await update('sato', { state: 'active' });
});

const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];
const update = (memberId: string, columns: Record<string, string | null>) =>
  running.services.database
    .updateTable('members')
    .set(columns)
    .where('tenant_id', '=', running.tenantId)
    .where('member_id', '=', memberId)
    .execute();
const rules = async (patch: PolicyPatch): Promise<void> => {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('policy.set', { patch }))).toEqual([200, true]);
};
async function loggedIn(member: string, password = testPassword): Promise<RawClient> {
  const client = new RawClient(running.url);
  expect([member, ...outcome(await client.login(`${member}@acme`, { password }))]).toEqual([member, 200, true]);
  return client;
}
const ask = (name: string, input: object) => new RawClient(running.url).call(name, input, {}, null);
const begin = async (member: string): Promise<string> => {
  const reply = await ask('recovery.begin', { member });
  expect(outcome(reply)).toEqual([200, true]);
  return (reply.body.value as { ticket: string }).ticket;
};
const finish = async (ticket: string, code: string, password: string) => outcome(await ask('recovery.finish', { ticket, code, password }));
const codeIn = (text: string): string => /確認コード：(\d{8})/u.exec(text)![1]!;
const wrongFor = (code: string): string => (code === '00000000' ? '00000001' : '00000000');
const audited = async (action: string) => {
  const rows = await running.services.database
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', action)
    .orderBy('sequence', 'desc')
    .execute();
  return rows.map(({ target, result, details }) => ({ target, result, details: JSON.parse(details) as Record<string, unknown> }));
};
/** Resolves once no letter waits any more. */
const sent = async (): Promise<void> => {
  while ((await running.services.database.selectFrom('letters').select('id').execute()).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
};
let current = testPassword;

test('a forgotten password is renewed with the code from the registered address; every session ends and hears why', async () => {
  const there = await loggedIn('sato', current);
  const listener = await listenAs(there);
  const ticket = await begin('ＳＡＴＯ@acme');
  const letter = await sink.to('sato@acme.example');
  expect(letter).toMatchObject({ subject: 'パスワード再設定の確認コード', to: ['sato@acme.example'] });
  expect(letter.text).toContain('sato@acme');
  expect(await finish(ticket, codeIn(letter.text), 'brand new 1')).toEqual([200, true]);
  current = 'brand new 1';
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'own_password_changed' });
  expect(outcome(await there.call('session.current'))).toEqual([401, 'session_ended']);
  expect(outcome(await new RawClient(running.url).login('sato'))).toEqual([401, 'wrong_credentials']);
  await loggedIn('sato', current);
  expect((await audited('recovery.finish'))[0]).toEqual({
    target: 'member-sato',
    result: 'success',
    details: { memberId: 'sato', ended: 1, state: 'active' },
  });
  const log = await running.services.database.selectFrom('audit_entries').select('details').execute();
  expect(JSON.stringify([log, running.logged])).not.toContain(codeIn(letter.text));
});

test('a code works once, only with its ticket, for ten minutes, and for five tries', async () => {
  const ticket = await begin('sato');
  const code = codeIn((await sink.to('sato@acme.example')).text);
  const other = await begin('tanaka');
  expect(await finish(other, code, 'brand new 2')).toEqual([403, 'wrong_code']);
  for (let tries = 0; tries < 4; tries += 1) expect(await finish(ticket, wrongFor(code), 'brand new 2')).toEqual([403, 'wrong_code']);
  expect(await finish(ticket, `${code.slice(0, 4)} ${code.slice(4)}`, 'brand new 2')).toEqual([200, true]);
  current = 'brand new 2';
  expect(await finish(ticket, code, 'brand new 3')).toEqual([403, 'code_expired']);

  const guessed = await begin('sato');
  const second = codeIn((await sink.to('sato@acme.example', 1)).text);
  for (let tries = 0; tries < 5; tries += 1) expect(await finish(guessed, wrongFor(second), 'brand new 3')).toEqual([403, 'wrong_code']);
  expect(await finish(guessed, second, 'brand new 3')).toEqual([403, 'code_expired']);

  const stale = await begin('sato');
  const third = codeIn((await sink.to('sato@acme.example', 2)).text);
  offset += 600_000;
  expect(await finish(stale, third, 'brand new 3')).toEqual([403, 'code_expired']);
  await loggedIn('sato', current);
});

test('a newer code replaces the one of before, and a password that the rules refuse does not use it up', async () => {
  const before = await begin('sato');
  const first = codeIn((await sink.to('sato@acme.example')).text);
  const ticket = await begin('sato');
  const code = codeIn((await sink.to('sato@acme.example', 1)).text);
  expect(await finish(before, first, 'brand new 4')).toEqual([403, 'code_expired']);
  await rules({ password: { reuseBan: 1 } });
  for (let tries = 0; tries < 6; tries += 1) expect(await finish(ticket, code, 'short')).toEqual([400, 'password_too_short']);
  expect(await finish(ticket, code, current)).toEqual([400, 'password_reused']);
  expect(await finish(ticket, code, 'brand new 4')).toEqual([200, true]);
  current = 'brand new 4';
});

test('it lifts nothing: who is suspended stays suspended', async () => {
  await update('sato', { state: 'suspended_failures' });
  const ticket = await begin('sato');
  expect(await finish(ticket, codeIn((await sink.to('sato@acme.example')).text), 'brand new 5')).toEqual([200, true]);
  current = 'brand new 5';
  expect(outcome(await new RawClient(running.url).login('sato', { password: current }))).toEqual([403, 'member_suspended_failures']);
});

test('people who do not exist, have no address or are deleted get the same answers, and no letter', async () => {
  await update('sato', { state: 'deleted' });
  for (const member of ['nobody', 'tanaka', 'sato', 'sato@elsewhere', 'not a name']) {
    const ticket = await begin(member);
    expect(ticket).toMatch(/^[\w-]{43}$/u);
    expect(await finish(ticket, '12345678', 'brand new 6')).toEqual([403, 'wrong_code']);
    for (let tries = 0; tries < 4; tries += 1) await finish(ticket, '12345678', 'brand new 6');
    expect(await finish(ticket, '12345678', 'brand new 6')).toEqual([403, 'code_expired']);
  }
  await sent();
  expect(sink.mails).toEqual([]);
});

test('where the rule forbids it, neither a password nor an id comes by mail', async () => {
  const ticket = await begin('sato');
  const code = codeIn((await sink.to('sato@acme.example')).text);
  await rules({ password: { recoveryByEmail: false } });
  for (const member of ['sato', 'nobody']) expect(outcome(await ask('recovery.begin', { member }))).toEqual([403, 'recovery_off']);
  expect(outcome(await ask('recovery.memberId', { email: 'sato@acme.example' }))).toEqual([403, 'recovery_off']);
  expect(await finish(ticket, code, 'brand new 6')).toEqual([403, 'recovery_off']);
});

test('a forgotten id comes by mail to the registered address, and to no other', async () => {
  await update('tanaka', { email: 'Sato@acme.example' });
  expect(outcome(await ask('recovery.memberId', { email: ' SATO@acme.example ' }))).toEqual([200, true]);
  const letter = await sink.to('sato@acme.example');
  expect(letter.text).toContain('sato@acme\ntanaka@acme\n');
  await update('tanaka', { email: null });
  expect(outcome(await ask('recovery.memberId', { email: 'nobody@acme.example' }))).toEqual([200, true]);
  expect(outcome(await ask('recovery.memberId', { email: 'sato@acme.example', tenant: 'elsewhere' }))).toEqual([200, true]);
  await sent();
  expect(sink.mails).toHaveLength(1);
});

test('letters and tries are limited, for people who exist and those who do not alike', async () => {
  const strict = await startTestServer({ mail: sink.server, recoveryLimits: { ...generous, perAccount: 3 } });
  const asked = async (member: string) => outcome(await new RawClient(strict.url).call('recovery.begin', { member }, {}, null));
  for (const member of ['sato', 'nobody']) {
    for (let times = 0; times < 3; times += 1) expect(await asked(member)).toEqual([200, true]);
    expect(await asked(member)).toEqual([429, 'too_many_attempts']);
  }
  await strict.close();
});

test('another tenant of the server is asked under its own rules', async () => {
  await addTenant(running.services, 'other', { other: 'supreme' });
  const ticket = await begin('sato@acme');
  expect(await finish(ticket, codeIn((await sink.to('sato@acme.example')).text), 'brand new 7')).toEqual([200, true]);
  // Whose tenant is not said cannot be found, and gets the same answer.
  await begin('sato');
  await sent();
  expect(sink.mails).toHaveLength(1);
});

test('the time of the answer does not tell who exists', async () => {
  const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const client = new RawClient(running.url);
  const measure = async (member: string): Promise<number> => {
    const start = performance.now();
    await client.call('recovery.begin', { member }, {}, null);
    return performance.now() - start;
  };
  for (let warm = 0; warm < 5; warm += 1) await measure('sato@acme');
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let tries = 0; tries < 40; tries += 1) {
    known.push(await measure('sato@acme'));
    unknown.push(await measure('nobody@acme'));
  }
  const ratio = median(known) / median(unknown);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});
