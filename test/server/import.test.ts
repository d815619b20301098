import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredMember, ImportRow } from '#shared/contract/admin-members.ts';
import type { Organisation } from '#shared/model/profile.ts';
import { administration, outcome, type Administration } from '../support/administrator.ts';
import { RawClient } from '../support/raw-client.ts';

let acme: Administration;
beforeAll(async () => {
  acme = await administration();
  await acme.ask('post.create', { kind: 'level', name: '一級' });
  await acme.ask('post.create', { kind: 'position', name: '課長' });
});
afterAll(() => acme.close());

type Result = {
  memberId: string;
  fault: { field: string; reason: string; subject: string } | null;
  made: boolean;
  password: string | null;
  link: string | null;
};
const line = (memberId: string, more: Partial<ImportRow> = {}): ImportRow => ({
  memberId,
  name: '山田 花子',
  reading: 'ヤマダ ハナコ',
  ...more,
});
const load = async (rows: readonly ImportRow[], more: object = {}): Promise<Result[]> =>
  (await acme.ask<{ results: Result[] }>('member.import', { rows, commit: false, ...more })).results;
const found = async (text: string): Promise<AdministeredMember[]> =>
  (await acme.ask<{ members: AdministeredMember[] }>('member.list', { text })).members;

test.each([
  ['no id', line(' '), 'memberId', 'field_missing'],
  ['an id with capitals', line('Yamada'), 'memberId', 'member_id_invalid'],
  ['an id that somebody has', line('sato'), 'memberId', 'member_exists'],
  ['no name', line('new1', { name: '  ' }), 'name', 'field_missing'],
  ['no reading', line('new1', { reading: '' }), 'reading', 'field_missing'],
  ['a name with a control character', line('new1', { name: 'a\u0007' }), 'name', 'name_invalid'],
  ['a name that is too long', line('new1', { name: 'あ'.repeat(101) }), 'name', 'name_invalid'],
  ['a malformed address', line('new1', { email: 'hanako@' }), 'email', 'email_invalid'],
  ['an unknown level', line('new1', { level: '九級' }), 'level', 'post_unknown'],
  ['an unknown user type', line('new1', { userType: '役員' }), 'userType', 'post_unknown'],
  ['a path with nothing in between', line('new1', { organisation: '本社//営業' }), 'organisation', 'name_invalid'],
  ['a number that is too long', line('new1', { mobile: '0'.repeat(41) }), 'mobile', 'text_too_long'],
])('a line with %s is told so precisely', async (_what, row, field, reason) => {
  const [bad, good] = await load([row, line('fine')]);
  expect(bad).toMatchObject({ made: false, password: null, fault: { field, reason } });
  expect(good!.fault).toBeNull();
});

test('an id that stands twice in the file is a fault of the second line only', async () => {
  const results = await load([line('twice'), line('twice'), line(' twice ')]);
  expect(results.map(({ fault }) => fault?.reason ?? null)).toEqual([null, 'member_twice', 'member_twice']);
});

test('an organisation that several places fit is not guessed', async () => {
  const make = async (name: string, parentId: string | null): Promise<string> =>
    (await acme.ask<{ organisation: Organisation }>('organisation.create', { name, parentId })).organisation.id;
  await make('総務', await make('東京', null));
  const osaka = await make('大阪', null);
  await make('総務', osaka);
  const [vague, exact] = await load([line('new1', { organisation: '総務' }), line('new2', { organisation: '大阪/総務' })]);
  expect(vague!.fault).toEqual({ field: 'organisation', reason: 'organisation_ambiguous', subject: '総務' });
  expect(exact!.fault).toBeNull();
});

test('looking makes nobody; committing makes the good lines, each for itself, with their place, post and a password told once', async () => {
  const rows = [
    line('hanako', {
      organisation: '本社/営業部/一課',
      title: '課長',
      level: '一級',
      email: 'h@example.com',
      mobile: '090',
      workplace: '東京',
    }),
    line('Bad Id'),
    line('taro', { name: '山田 太郎', organisation: '本社／営業部' }),
  ];
  expect((await load(rows)).map(({ made, fault }) => [made, fault === null])).toEqual([
    [false, true],
    [false, false],
    [false, true],
  ]);
  expect(await found('hanako')).toEqual([]);
  const results = await load(rows, { commit: true });
  expect(results.map(({ made }) => made)).toEqual([true, false, true]);
  const { organisations } = await acme.ask<{ organisations: Organisation[] }>('organisation.list');
  const named = (name: string): Organisation => organisations.find((one) => one.name === name)!;
  expect(named('一課').parentId).toBe(named('営業部').id);
  expect(named('営業部').parentId).toBe(named('本社').id);
  expect((await found('hanako'))[0]).toMatchObject({ organisation: '一課', title: '課長', email: 'h@example.com', state: 'active' });
  expect((await found('taro'))[0]).toMatchObject({ organisationId: named('営業部').id });
  const client = new RawClient(acme.url);
  const reply = await client.login('hanako', { password: results[0]!.password! });
  expect(reply.body.value).toMatchObject({ kind: 'continue', need: { type: 'new_password', why: 'initial' } });
  const again = await load(rows, { commit: true });
  expect(again.map(({ fault }) => fault?.reason)).toEqual(['member_exists', 'member_id_invalid', 'member_exists']);
  const logged = await acme.services.database.selectFrom('audit_entries').select('details').execute();
  expect(logged.some(({ details }) => details.includes(results[0]!.password!))).toBe(false);
});

test('with links instead of passwords everybody gets one of their own, shown once where there is no mail', async () => {
  const [one, two] = await load([line('link1', { email: 'l@example.com' }), line('link2')], { commit: true, mailLink: true });
  expect(one).toMatchObject({ made: true, password: null });
  expect(one!.link).toMatch(/\/#\/invitation\/[\w-]{27}$/);
  expect(two!.link).not.toBe(one!.link);
});

test('a file needs the right to members, and at least one line', async () => {
  const sato = await acme.loggedIn('sato');
  expect(outcome(await sato.call('member.import', { rows: [line('x')], commit: true }))).toEqual([403, 'role_missing']);
  expect(await acme.refused('member.import', { rows: [], commit: true })).toEqual([400, 'invalid']);
});
