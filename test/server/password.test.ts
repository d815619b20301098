import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LoginNeed, LoginOutcome } from '#shared/contract/login.ts';
import type { PolicyPatch } from '#shared/model/policy.ts';
import type { Message } from '#shared/model/talk.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { addTenant, startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

const day = 86_400_000;
let running: TestServer;
let sink: MailSink;
beforeAll(async () => {
  sink = await startMailSink();
  running = await startTestServer({ mail: sink.server });
});
afterAll(async () => {
  await running.close();
  await sink.close();
});

const usual = {
  format: 'letters_digits',
  minimumLength: 8,
  longAllowed: false,
  expiryDays: null,
  reuseBan: 0,
  lockoutFailures: null,
} as const;
/** The password that sato has now. */
let current = testPassword;
beforeEach(() => rules(usual));

const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];
async function loggedIn(member: string, password = testPassword): Promise<RawClient> {
  const client = new RawClient(running.url);
  const reply = await client.login(member, { password });
  expect([member, reply.status, (reply.body.value as LoginOutcome | undefined)?.kind]).toEqual([member, 200, 'open']);
  return client;
}
async function rules(password: PolicyPatch['password'] & object): Promise<void> {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('policy.set', { patch: { password } }))).toEqual([200, true]);
}
/** What the next login of a member still needs; null when it opens. */
const needOf = async (member: string, password: string): Promise<LoginNeed | null> => {
  const { body } = await new RawClient(running.url).login(member, { password });
  const answer = body.value as LoginOutcome;
  return answer.kind === 'open' ? null : answer.need;
};
const change = async (client: RawClient, password: string) => {
  const reply = await client.call('member.changePassword', { current, password });
  if (reply.status === 200) current = password;
  return [...outcome(reply), reply.body.error?.details?.['subject']];
};
const update = (memberId: string, columns: Record<string, string | number | null>) =>
  running.services.database.updateTable('members').set(columns).where('member_id', '=', memberId).execute();
const notices = async (client: RawClient): Promise<Message[]> => {
  const { rooms } = (await client.call('talk.changes', { cursor: null })).body.value as { rooms: { id: string; kind: string }[] };
  const room = rooms.find(({ kind }) => kind === 'service');
  if (room === undefined) return [];
  return ((await client.call('message.list', { roomId: room.id })).body.value as { messages: Message[] }).messages;
};
const audited = async (action: string) => {
  const found = await running.services.database
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', action)
    .orderBy('sequence', 'desc')
    .execute();
  return found.map(({ target, result, details }) => ({ target, result, details: JSON.parse(details) as Record<string, unknown> }));
};

test('a new password is refused with what is wrong with it, and nothing changes (ACC-01, ACC-02)', async () => {
  const client = await loggedIn('sato', current);
  expect(await change(client, 'パスワード1234')).toEqual([400, 'password_characters', undefined]);
  expect(await change(client, 'abc-123')).toEqual([400, 'password_too_short', '8']);
  expect(await change(client, `a1${'b'.repeat(19)}`)).toEqual([400, 'password_too_long', '20']);
  expect(await change(client, 'onlyletters')).toEqual([400, 'password_format', undefined]);
  await rules({ format: 'letters_digits_special' });
  expect(await change(client, 'letters123')).toEqual([400, 'password_special_missing', undefined]);
  await rules({ ...usual, minimumLength: 20 });
  expect(await change(client, 'letters-and-1-digit')).toEqual([400, 'password_too_short', '20']);
  await loggedIn('sato', current);
});

test('the longest password has 20 characters, or 128 where the rule lifts it', async () => {
  const client = await loggedIn('sato', current);
  expect(await change(client, `a1${'b'.repeat(18)}`)).toEqual([200, true, undefined]);
  await rules({ longAllowed: true });
  expect(await change(client, `a1${'c'.repeat(126)}`)).toEqual([200, true, undefined]);
  await loggedIn('sato', current);
  expect((await client.call('member.changePassword', { current, password: `a1${'d'.repeat(127)}` })).status).toBe(400);
});

test('the member id is no password', async () => {
  const admin = await loggedIn('admin');
  await admin.call('member.create', { memberId: 'ito.ken.2', name: '伊藤', reading: 'いとう', password: 'for the start 1' });
  const set = await admin.call('member.setPassword', { member: 'ito.ken.2', password: 'Ito.Ken.2' });
  expect(outcome(set)).toEqual([400, 'password_is_member_id']);
});

test.each([0, 1, 2, 3, 4, 5])('of the last passwords %i may not be used again (ACC-04)', async (reuseBan) => {
  const client = await loggedIn('sato', current);
  const used = Array.from({ length: 6 }, (_, at) => `ban ${reuseBan} used ${at}`);
  for (const password of used) expect(await change(client, password)).toEqual([200, true, undefined]);
  await rules({ reuseBan });
  // Newest first; the first `reuseBan` of them are banned.
  const newestFirst = used.toReversed();
  for (const banned of newestFirst.slice(0, reuseBan)) {
    expect(await change(client, banned)).toEqual([400, 'password_reused', String(reuseBan)]);
  }
  expect(await change(client, newestFirst[reuseBan]!)).toEqual([200, true, undefined]);
});

test('no more hashes are kept than a rule could look at', async () => {
  const kept = await running.services.database
    .selectFrom('password_history')
    .select('hash')
    .where('member_id', '=', 'member-sato')
    .execute();
  expect(kept).toHaveLength(4);
  expect(kept.every(({ hash }) => hash.startsWith('$argon2id$'))).toBe(true);
});

test('new rules sign nobody out and ask nobody for a new password; they bind at the next one (ACC-06)', async () => {
  const client = await loggedIn('sato', current);
  await rules({ format: 'letters_digits_special', minimumLength: 20, reuseBan: 5 });
  expect((await client.call('session.current')).status).toBe(200);
  expect(await needOf('sato', current)).toBeNull();
  expect(await change(client, 'letters 1')).toEqual([400, 'password_too_short', '20']);
});

test.each([30, 60, 90, 180, 365] as const)('after %i days a new password is asked for at the next login (ACC-03)', async (expiryDays) => {
  const client = await loggedIn('sato', current);
  expect(await change(client, `good for ${expiryDays} days`)).toEqual([200, true, undefined]);
  const { password_set_at: setAt } = await running.services.database
    .selectFrom('members')
    .select('password_set_at')
    .where('member_id', '=', 'sato')
    .executeTakeFirstOrThrow();
  await rules({ expiryDays });
  await update('sato', { password_set_at: setAt! - expiryDays * day + 60_000 });
  expect(await needOf('sato', current)).toBeNull();
  await update('sato', { password_set_at: setAt! - expiryDays * day });
  expect(await needOf('sato', current)).toMatchObject({
    type: 'new_password',
    why: 'expired',
    rules: { minimumLength: 8, maximumLength: 20 },
  });
  // Who never changed theirs: it counts from their beginning.
  expect(await needOf('tanaka', testPassword)).toMatchObject({ type: 'new_password', why: 'expired' });
  // Who is logged in goes on.
  expect((await client.call('session.current')).status).toBe(200);
  await update('sato', { password_set_at: setAt });
  await update('admin', { password_set_at: Date.now() });
});

test('a temporary password by an administrator ends every session, is good for one login, and is seen by nobody (ACC-08)', async () => {
  const [admin, there] = [await loggedIn('admin'), await loggedIn('sato', current)];
  const listener = await listenAs(there);
  const set = await admin.call('member.setPassword', { member: 'sato' });
  const { password } = set.body.value as { password: string };
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'password_changed' });
  expect(outcome(await there.call('session.current'))).toEqual([401, 'session_ended']);
  expect(outcome(await new RawClient(running.url).login('sato', { password: current }))).toEqual([401, 'wrong_credentials']);

  const client = new RawClient(running.url);
  const first = (await client.login('sato', { password })).body.value as Extract<LoginOutcome, { kind: 'continue' }>;
  expect(first.need).toMatchObject({ type: 'new_password', why: 'reset' });
  const answer = { type: 'new_password', password: 'chosen by myself 1' };
  expect((await client.call('session.continue', { ticket: first.ticket, answer }, {}, null)).body).toMatchObject({
    value: { kind: 'open' },
  });
  current = answer.password;
  expect(await needOf('sato', current)).toBeNull();

  expect((await audited('member.set_password'))[0]).toMatchObject({ target: 'member-sato', result: 'success' });
  const log = await running.services.database.selectFrom('audit_entries').select('details').execute();
  expect(JSON.stringify([log, running.logged])).not.toContain(password);
});

test('what an administrator types keeps the rules but is not compared with what the member used before', async () => {
  await rules({ reuseBan: 5 });
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('member.setPassword', { member: 'sato', password: 'short' }))).toEqual([400, 'password_too_short']);
  expect(outcome(await admin.call('member.setPassword', { member: 'sato', password: current }))).toEqual([200, true]);
  await update('sato', { password_due: null });
});

test('an operator sets no password of an administrator, and the refusal is in the log', async () => {
  const admin = await loggedIn('admin');
  await admin.call('member.create', {
    memberId: 'operator',
    name: '運用',
    reading: 'うんよう',
    password: 'operator 1234',
    role: 'operator',
  });
  await update('operator', { password_due: null });
  const operator = await loggedIn('operator', 'operator 1234');
  expect((await operator.call('member.setPassword', { member: 'admin', password: 'taken over 1' })).status).toBe(403);
  expect((await audited('member.set_password'))[0]).toMatchObject({ result: 'denied' });
  expect((await operator.call('member.requestPasswordChange', { members: ['sato', 'admin'] })).status).toBe(403);
  expect(await needOf('sato', current)).toBeNull();
  await loggedIn('admin');
});

test('a request to change the password comes as a notice, binds at the next login, and ends the other sessions then (ACC-09)', async () => {
  const [admin, there] = [await loggedIn('admin'), await loggedIn('sato', current)];
  await running.services.database.updateTable('members').set({ password_hash: null }).where('member_id', '=', 'tanaka').execute();
  const asked = await admin.call('member.requestPasswordChange', { members: ['sato', 'tanaka', 'member-sato'] });
  expect(asked.body.value).toEqual({ requested: 1 });
  expect((await notices(there)).at(-1)).toMatchObject({ senderId: 'service', notice: { kind: 'password_change_requested' } });
  expect((await there.call('session.current')).status).toBe(200);

  const here = new RawClient(running.url);
  const begun = (await here.login('sato', { password: current })).body.value as Extract<LoginOutcome, { kind: 'continue' }>;
  expect(begun.need).toMatchObject({ type: 'new_password', why: 'requested' });
  const answer = { type: 'new_password', password: 'as requested 1' };
  expect((await here.call('session.continue', { ticket: begun.ticket, answer }, {}, null)).body).toMatchObject({ value: { kind: 'open' } });
  current = answer.password;
  expect((await there.call('session.current')).status).toBe(401);
  expect(await needOf('sato', current)).toBeNull();
});

test('a request is also met from within a session, in the settings', async () => {
  const [admin, client] = [await loggedIn('admin'), await loggedIn('sato', current)];
  await admin.call('member.requestPasswordChange', { members: ['sato'] });
  expect(await change(client, 'in the settings 1')).toEqual([200, true, undefined]);
  expect(await needOf('sato', current)).toBeNull();
});

test('all passwords are reset but the supreme administrator’s, the asker’s and those of people who have none (ACC-07)', async () => {
  const tenantId = await addTenant(running.services, 'other', {
    boss: 'supreme',
    deputy: 'administrator',
    mori: 'member',
    kimura: 'member',
    easy: 'member',
  });
  const set = (memberId: string, columns: Record<string, string | null>) =>
    running.services.database
      .updateTable('members')
      .set(columns)
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .execute();
  await set('mori', { email: 'mori@other.example' });
  await set('easy', { password_hash: null });
  const [deputy, mori] = [await loggedIn('deputy@other'), await loggedIn('mori@other')];
  const reset = await deputy.call('member.resetAllPasswords');
  const value = reset.body.value as { links: { memberId: string; url: string }[] };
  expect(value).toMatchObject({ reset: 2, excluded: 3, ended: 1, links: [{ memberId: 'kimura', name: 'kimura' }] });
  expect((await mori.call('session.current')).status).toBe(401);
  expect((await deputy.call('session.current')).status).toBe(200);
  await loggedIn('boss@other');
  expect(await needOf('deputy@other', testPassword)).toMatchObject({ why: 'requested' });
  for (const member of ['mori@other', 'kimura@other']) {
    expect(outcome(await new RawClient(running.url).login(member))).toEqual([401, 'wrong_credentials']);
    expect(outcome(await new RawClient(running.url).login(member, { password: '!' }))).toEqual([401, 'wrong_credentials']);
  }
  const letter = await sink.to('mori@other.example');
  expect(letter).toMatchObject({ subject: 'パスワードを設定し直してください' });
  const codeOf = (text: string): string => /#\/invitation\/([\w-]+)/u.exec(text)![1]!;
  for (const [member, text] of [
    ['mori', letter.text],
    ['kimura', value.links[0]!.url],
  ] as const) {
    const accepted = await new RawClient(running.url).call(
      'invitation.accept',
      { code: codeOf(text), password: `own of ${member} 1` },
      {},
      null,
    );
    expect(accepted.body.value).toEqual({ state: 'active', memberId: member });
    expect(await needOf(`${member}@other`, `own of ${member} 1`)).toBeNull();
  }
  const entry = (await audited('member.reset_all_passwords'))[0];
  expect(entry).toMatchObject({ result: 'success', details: { reset: 2, excluded: 3, ended: 1, mailed: 1 } });
  // What was used before still counts, what was put in its place does not.
  const kept = await running.services.database.selectFrom('password_history').select('hash').where('tenant_id', '=', tenantId).execute();
  expect(kept).toHaveLength(2);
  const member = await loggedIn('mori@other', 'own of mori 1');
  expect((await member.call('member.resetAllPasswords')).status).toBe(403);
});
