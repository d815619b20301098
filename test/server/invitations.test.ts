import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { administration, movableClock, outcome, valueOf, type Administration } from '../support/administrator.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let acme: Administration;
beforeAll(async () => {
  acme = await administration({ clock });
});
afterAll(() => acme.close());

interface Issued {
  readonly code: string;
  readonly url: string;
  readonly expiresAt: number;
}
const rules = (invitations: object): Promise<unknown> => acme.ask('policy.set', { patch: { invitations } });
const invite = async (from: RawClient = acme.admin): Promise<Issued> => valueOf<Issued>(await from.call('invitation.create'));
/** Somebody without a session. */
const stranger = (name: string, input: object): Promise<RawReply> => new RawClient(acme.url).call(name, input, {}, null);
const join = (code: string, memberId: string, more: object = {}): Promise<RawReply> =>
  stranger('invitation.accept', { code, memberId, name: '新人', password: 'my own pass 1', ...more });
const state = async (memberId: string): Promise<string | undefined> =>
  (await acme.ask<{ members: AdministeredMember[] }>('member.list', { text: memberId })).members[0]?.state;
const unknown = [404, 'invitation_unknown'];

test('who may invite is the rule’s to say: nobody, administrators, everyone', async () => {
  const sato = await acme.loggedIn('sato');
  const both = async (): Promise<unknown[]> => [
    outcome(await acme.admin.call('invitation.create')),
    outcome(await sato.call('invitation.create')),
  ];
  expect(await both()).toEqual([
    [403, 'invitations_off'],
    [403, 'invitations_off'],
  ]);
  await rules({ by: 'administrators' });
  expect(await both()).toEqual([
    [200, undefined],
    [403, 'role_missing'],
  ]);
  expect(await acme.lastAudit('invitation.create')).toMatchObject({ actorId: 'member-sato', result: 'denied' });
  await rules({ by: 'everyone' });
  expect(await both()).toEqual([
    [200, undefined],
    [200, undefined],
  ]);
});

test('whoever comes by a link waits until an administrator lets them in, and the link is good once', async () => {
  await rules({ by: 'administrators', approveAutomatically: false });
  const { code, url, expiresAt } = await invite();
  expect(code).toMatch(/^[\w-]{27}$/);
  expect(url).toBe(`${acme.url}/#/invitation/${code}`);
  expect(expiresAt).toBe(clock.now() + 7 * dayMs);
  expect(valueOf(await stranger('invitation.look', { code }))).toMatchObject({
    tenantName: 'acme Inc.',
    kind: 'join',
    memberId: null,
    name: null,
  });
  expect(outcome(await join(code, 'newcomer', { password: 'short' }))).toEqual([400, 'password_too_short']);
  expect(outcome(await join(code, 'sato'))).toEqual([409, 'member_exists']);
  expect(outcome(await stranger('invitation.accept', { code, password: 'my own pass 1' }))).toEqual([400, 'field_missing']);
  expect(valueOf(await join(code, 'newcomer', { email: 'n@example.com' }))).toEqual({ state: 'waiting', memberId: 'newcomer' });
  expect(outcome(await join(code, 'second'))).toEqual(unknown);
  expect(outcome(await stranger('invitation.look', { code }))).toEqual(unknown);
  expect(await acme.lastAudit('invitation.accept')).toMatchObject({
    result: 'success',
    details: { memberId: 'newcomer', state: 'waiting' },
  });

  const login = (): Promise<RawReply> => new RawClient(acme.url).login('newcomer', { password: 'my own pass 1' });
  expect(outcome(await login())).toEqual([403, 'member_waiting']);
  const sato = await acme.loggedIn('sato');
  const directory = valueOf<{ members: { memberId: string }[] }>(await sato.call('directory.list')).members;
  expect(directory.map(({ memberId }) => memberId)).not.toContain('newcomer');
  for (const [name, more] of [
    ['member.setState', { state: 'active' }],
    ['member.setLeave', { until: '2030-01-01' }],
  ] as const) {
    expect([name, ...(await acme.refused(name, { member: 'newcomer', ...more }))]).toEqual([name, 409, 'member_waiting']);
  }
  await acme.ask('member.approve', { member: 'newcomer', approve: true });
  expect(outcome(await login())[0]).toBe(200);
  expect(await acme.refused('member.approve', { member: 'newcomer', approve: true })).toEqual([409, 'member_not_waiting']);
});

test('whoever is not let in is gone, and their id is free', async () => {
  valueOf(await join((await invite()).code, 'stranger1'));
  await acme.ask('member.approve', { member: 'stranger1', approve: false });
  expect(await state('stranger1')).toBeUndefined();
  expect(await acme.lastAudit('member.reject')).toMatchObject({ result: 'success', details: { memberId: 'stranger1' } });
  valueOf(await join((await invite()).code, 'stranger1'));
});

test('automatic approval lets everybody in, also those who were waiting when it was switched on', async () => {
  valueOf(await join((await invite()).code, 'waiter'));
  expect(await state('waiter')).toBe('waiting');
  await rules({ approveAutomatically: true });
  await expect.poll(() => state('waiter')).toBe('active');
  expect(await acme.lastAudit('member.approve')).toMatchObject({ details: { reason: 'approved_automatically' } });
  // One who asked at that very moment, under the rules of before, does not wait for ever.
  await acme.services.database.updateTable('members').set({ state: 'waiting' }).where('member_id', '=', 'waiter').execute();
  clock.move(60_000);
  await expect.poll(() => state('waiter')).toBe('active');
  expect(valueOf(await join((await invite()).code, 'direct'))).toEqual({ state: 'active', memberId: 'direct' });
});

test('links run out, are listed and taken back, and stop with the rule; none of that is told apart', async () => {
  const listed = async (): Promise<{ id: string; kind: string; expiresAt: number }[]> =>
    (await acme.ask<{ invitations: { id: string; kind: string; expiresAt: number }[] }>('invitation.list')).invitations;
  const before = new Set((await listed()).map(({ id }) => id));
  const { code } = await invite();
  const added = (await listed()).filter(({ id }) => !before.has(id));
  expect(added).toMatchObject([{ kind: 'join', createdBy: 'member-admin', memberId: null }]);
  expect(JSON.stringify(await listed())).not.toContain(code);
  await acme.ask('invitation.revoke', { id: added[0]!.id });
  expect(outcome(await join(code, 'late1'))).toEqual(unknown);
  expect(await acme.refused('invitation.revoke', { id: added[0]!.id })).toEqual([404, 'invitation_unknown']);

  const other = await invite();
  await rules({ by: 'nobody' });
  expect(outcome(await join(other.code, 'late2'))).toEqual(unknown);
  await rules({ by: 'administrators' });
  clock.move(7 * dayMs);
  expect(outcome(await join(other.code, 'late3'))).toEqual(unknown);
  expect(outcome(await join('guess', 'late4'))).toEqual(unknown);
  await acme.admin.login('admin');
  expect(await listed()).toEqual([]);
  const stored = await acme.services.database.selectFrom('invitations').selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain(other.code);
});

test('somebody who is listed gets a link to choose their first password; a newer one replaces it', async () => {
  const { member, password, link } = await acme.ask<{ member: AdministeredMember; password: string | null; link: string }>(
    'member.create',
    {
      memberId: 'first',
      name: '初 花子',
      reading: 'はつ はなこ',
      mailLink: true,
    },
  );
  expect(password).toBeNull();
  expect(member.hasPassword).toBe(false);
  const code = link.split('/').at(-1)!;
  expect(valueOf(await stranger('invitation.look', { code }))).toMatchObject({
    kind: 'first_password',
    memberId: 'first',
    name: '初 花子',
  });
  expect(outcome(await new RawClient(acme.url).login('first', { password: 'my own pass 1' }))).toEqual([401, 'wrong_credentials']);
  expect(outcome(await stranger('invitation.accept', { code, password: 'first' }))).toEqual([400, 'password_too_short']);
  expect(valueOf(await stranger('invitation.accept', { code, password: 'my own pass 1' }))).toEqual({ state: 'active', memberId: 'first' });
  await acme.loggedIn('first', 'my own pass 1');
  expect(outcome(await stranger('invitation.accept', { code, password: 'my own pass 2' }))).toEqual(unknown);
  expect(await acme.lastAudit('invitation.accept')).toMatchObject({ actorId: member.id, details: { kind: 'first_password' } });
});

test('of two who use a link at once, one comes in', async () => {
  const { code } = await invite();
  const replies = await Promise.all(['race1', 'race2', 'race3'].map((memberId) => join(code, memberId)));
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404]);
});

test('guessing codes is slowed down', async () => {
  const slow = await administration({ attemptLimits: { windowSeconds: 900, perAddress: 50, perAccount: 5, perPair: 5 } });
  const client = new RawClient(slow.url);
  const guess = (): Promise<RawReply> => client.call('invitation.look', { code: 'guess' }, {}, null);
  for (let tries = 0; tries < 5; tries += 1) expect((await guess()).status).toBe(404);
  expect(outcome(await guess())).toEqual([429, 'too_many_attempts']);
  await slow.close();
});
