import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryEntry } from '#shared/contract/admin-devices.ts';
import type { AdministeredMember, MemberDetails } from '#shared/contract/admin-members.ts';
import { administration, movableClock, type Administration } from '../support/administrator.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { RawClient } from '../support/raw-client.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let acme: Administration;
let mails: MailSink;
beforeAll(async () => {
  mails = await startMailSink();
  acme = await administration({ clock, mail: mails.server });
});
afterAll(async () => {
  await acme.close();
  await mails.close();
});

const update = async (member: string, input: object): Promise<AdministeredMember> =>
  (await acme.ask<{ member: AdministeredMember }>('member.update', { member, ...input })).member;
const details = (member: string): Promise<MemberDetails> => acme.ask<MemberDetails>('member.details', { member });

test('a name is put together from surname and given name, with its reading; one that is given whole replaces them', async () => {
  const profile = { surname: '佐々木', givenName: '希', surnameReading: 'ササキ', givenNameReading: 'ノゾミ', mobile: '090-1111-2222' };
  const person = await acme.hire({ profile });
  expect(person).toMatchObject({ name: '佐々木 希', reading: 'ササキ ノゾミ' });
  expect(await update(person.id, { profile: { givenName: '望' } })).toMatchObject({ name: '佐々木 望', reading: 'ササキ ノゾミ' });
  expect((await details(person.id)).profile).toMatchObject({ surname: '佐々木', givenName: '望', mobile: '090-1111-2222', language: 'ja' });
  expect(await update(person.id, { name: '総務 代表' })).toMatchObject({ name: '総務 代表', reading: 'ササキ ノゾミ' });
  expect((await details(person.id)).profile).toMatchObject({ surname: '', givenName: '', surnameReading: 'ササキ' });
});

test('every field of a profile is kept, checked, and stays out of the log, which tells only that it changed', async () => {
  const person = await acme.hire();
  const profile = {
    nickname: 'のん',
    phone: '03-1234-5678',
    workplace: '大阪',
    duties: '経理',
    socialNetwork: '@non',
    employeeNumber: 'E-100',
    relatedContacts: '母 090',
    language: 'en',
    birthday: '1990-02-28',
    hireDate: '2015-04-01',
  };
  await update(person.id, { profile, email: 'non@example.com' });
  const now = await details(person.id);
  expect(now.profile).toMatchObject(profile);
  expect(now.member.email).toBe('non@example.com');
  const line = await acme.lastAudit('member.update');
  expect(line.details).toMatchObject({ changes: {}, fields: expect.arrayContaining(['email', 'profile']) as unknown });
  expect(JSON.stringify(line)).not.toContain('03-1234-5678');
  expect(await acme.refused('member.update', { member: person.id, profile: { birthday: '1990-02-30' } })).toEqual([400, 'invalid']);
  expect(await acme.refused('member.update', { member: person.id, profile: { phone: '0'.repeat(41) } })).toEqual([400, 'invalid']);
  expect(await acme.refused('member.update', { member: person.id, email: 'non' })).toEqual([400, 'invalid']);
  expect((await update(person.id, { email: null })).email).toBeNull();
});

test('a member’s page shows devices, sessions and accesses of ninety days, by environment', async () => {
  const person = await acme.hire();
  const wrong = await new RawClient(acme.url).login(person.memberId, { password: 'not the one 1' });
  expect(wrong.status).toBe(401);
  clock.move(1_000);
  const client = await acme.loggedIn(person.memberId);
  clock.move(1_000);
  const explorer = new RawClient(acme.url);
  await explorer.login(person.memberId, { kind: 'drive-explorer' });
  clock.move(1_000);
  await acme.ask('session.end', { sessionId: client.identity!.sessionId });

  const page = await details(person.memberId);
  expect(page.member).toMatchObject({ id: person.id, lastUsedAt: clock.now() - 1_000, hasPassword: true, twoStep: false });
  expect(page.devices).toHaveLength(2);
  expect(page.devices[0]).toMatchObject({
    memberId: person.id,
    name: 'PC-01',
    platform: 'test',
    appVersion: '0.1.0',
    kinds: ['drive-explorer'],
    address: '127.0.0.1',
    country: null,
    trustedUntil: null,
    wipe: 'none',
    openSessions: 1,
  });
  expect(page.devices[1]).toMatchObject({ kinds: ['pc-app'], openSessions: 0 });
  const short = (entries: readonly HistoryEntry[]): unknown[] => entries.map(({ action, result, kind }) => [action, result, kind]);
  expect(short(page.history)).toEqual([
    ['session.end', 'success', 'pc-app'],
    ['session.login', 'success', 'drive-explorer'],
    ['session.login', 'success', 'pc-app'],
    ['session.login', 'failure', 'pc-app'],
  ]);
  expect(page.history[3]).toMatchObject({ reason: 'wrong_credentials', address: '127.0.0.1' });
  expect(page.history[2]).toMatchObject({ deviceName: 'PC-01', platform: 'test', version: '0.1.0' });
  const history = async (filter: object): Promise<HistoryEntry[]> =>
    (await acme.ask<{ entries: HistoryEntry[] }>('member.history', { member: person.id, ...filter })).entries;
  expect(short(await history({ kind: 'drive-explorer' }))).toEqual([['session.login', 'success', 'drive-explorer']]);
  expect(await history({ before: page.history[1]!.at })).toHaveLength(2);
  expect(await history({ limit: 1 })).toHaveLength(1);
  expect(await history({ kind: 'browser' })).toEqual([]);
  clock.move(90 * dayMs + 1);
  await acme.admin.login('admin');
  expect(await history({})).toEqual([]);
});

test('the list is filtered by state, place, role and block together, and counts what it keeps', async () => {
  const { organisation } = await acme.ask<{ organisation: { id: string } }>('organisation.create', { name: '検品', parentId: null });
  const [one, two] = [await acme.hire({ organisationId: organisation.id }), await acme.hire({ organisationId: organisation.id })];
  await acme.ask('member.setState', { member: one.id, state: 'suspended' });
  await acme.ask('member.setAppBlock', { member: two.id, blocked: true });
  const list = async (filter: object): Promise<unknown> => {
    const page = await acme.ask<{ members: AdministeredMember[]; total: number }>('member.list', filter);
    expect(page.total).toBe(page.members.length);
    return page.members.map(({ id }) => id);
  };
  const place = { organisationId: organisation.id };
  expect(await list(place)).toEqual([one.id, two.id]);
  expect(await list({ ...place, states: ['suspended'] })).toEqual([one.id]);
  expect(await list({ ...place, appBlocked: true })).toEqual([two.id]);
  expect(await list({ ...place, appBlocked: true, states: ['suspended'] })).toEqual([]);
  expect(await list({ roles: ['supreme'] })).toEqual(['member-admin']);
  expect(await acme.refused('member.details', { member: 'nobody' })).toEqual([404, 'member_unknown']);
  expect(await acme.refused('member.history', { member: 'nobody' })).toEqual([404, 'member_unknown']);
});

test('a link for the first password goes by mail to its owner, not to the administrator, and works', async () => {
  const given = { memberId: 'mailed', name: '郵 便子', reading: 'ゆう びんこ', email: 'mailed@example.com', mailLink: true };
  const { password, link } = await acme.ask<{ password: string | null; link: string | null }>('member.create', given);
  expect([password, link]).toEqual([null, null]);
  clock.move(1_000);
  const mail = await mails.to('mailed@example.com');
  expect(mail.text).toContain('mailed@acme');
  const code = /#\/invitation\/([\w-]{27})/.exec(mail.text)![1]!;
  const reply = await new RawClient(acme.url).call('invitation.accept', { code, password: 'my own pass 1' }, {}, null);
  expect(reply.body.value).toEqual({ state: 'active', memberId: 'mailed' });
  await acme.loggedIn('mailed', 'my own pass 1');
  const logged = await acme.services.database.selectFrom('audit_entries').select('details').execute();
  expect(logged.some(({ details: text }) => text.includes(code))).toBe(false);
});
