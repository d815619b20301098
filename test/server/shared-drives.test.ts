import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import type { Space } from '#shared/model/drive.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
const clients = new Map<string, RawClient>();
beforeAll(async () => {
  running = await startTestServer();
  for (const member of ['admin', 'sato', 'tanaka']) {
    const client = new RawClient(running.url);
    expect((await client.login(member)).status).toBe(200);
    clients.set(member, client);
  }
});
afterAll(() => running.close());

const as = (member: string): RawClient => clients.get(member)!;
const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.error?.details?.reason ?? body.error?.code];
const spaceOf = ({ body }: RawReply): AdministeredSpace => {
  expect(body).toMatchObject({ ok: true });
  return (body.value as { space: AdministeredSpace }).space;
};
const seenBy = async (member: string): Promise<Record<string, string>> => {
  const { spaces } = (await as(member).call('drive.spaces')).body.value as { spaces: Space[] };
  return Object.fromEntries(spaces.filter(({ kind }) => kind === 'shared').map(({ name, permission }) => [name, permission]));
};

test('a shared drive is there at once for whom it was made, with the right that was given', async () => {
  const listener = await listenAs(as('sato'));
  const members = [
    { member: 'sato', permission: 'edit' },
    { member: 'member-tanaka', permission: 'read' },
  ];
  const made = spaceOf(await as('admin').call('space.create', { name: ' 営業 ', members }));
  expect(made).toMatchObject({ name: '営業', usedBytes: 0 });
  expect(made.members).toEqual([
    { member: 'member-sato', permission: 'edit' },
    { member: 'member-tanaka', permission: 'read' },
  ]);
  await listener.until(ofType('spaces.changed'));
  listener.socket.terminate();
  expect([await seenBy('sato'), await seenBy('tanaka'), await seenBy('admin')]).toEqual([{ 営業: 'edit' }, { 営業: 'read' }, {}]);
  expect(outcome(await as('admin').call('space.create', { name: '営業', members: [] }))).toEqual([409, 'name_taken']);
  const { spaces } = (await as('admin').call('space.list')).body.value as { spaces: AdministeredSpace[] };
  expect(spaces.map(({ id }) => id)).toEqual([made.id]);

  const changed = spaceOf(
    await as('admin').call('space.setMembers', {
      spaceId: made.id,
      members: [{ member: '*', permission: 'read' }, ...members.slice(0, 1)],
    }),
  );
  expect(changed.members).toHaveLength(2);
  expect([await seenBy('sato'), await seenBy('tanaka'), await seenBy('admin')]).toEqual([
    { 営業: 'edit' },
    { 営業: 'read' },
    { 営業: 'read' },
  ]);
});

test('who loses a drive hears of it and no longer reaches what is in it', async () => {
  const space = spaceOf(await as('admin').call('space.create', { name: '設計', members: [{ member: 'tanaka', permission: 'edit' }] }));
  const changes = () => as('tanaka').call('drive.changes', { spaceId: space.id, cursor: null });
  expect((await changes()).status).toBe(200);
  const listener = await listenAs(as('tanaka'));
  await as('admin').call('space.setMembers', { spaceId: space.id, members: [] });
  await listener.until(ofType('spaces.changed'));
  listener.socket.terminate();
  expect((await changes()).body.ok).toBe(false);
  expect(await seenBy('tanaka')).not.toHaveProperty('設計');
});

test.each([
  ['somebody unknown', { members: [{ member: 'nobody', permission: 'edit' }] }, 400, 'member_unknown'],
  [
    'one person twice',
    {
      members: [
        { member: 'sato', permission: 'edit' },
        { member: 'member-sato', permission: 'read' },
      ],
    },
    400,
    'member_twice',
  ],
  ['a right that is none', { members: [{ member: 'sato', permission: 'own' }] }, 400, 'invalid'],
  ['a name with a slash', { name: 'a/b' }, 400, 'name_characters'],
  ['a name of spaces', { name: '  ' }, 400, 'name_empty'],
])('%s is refused and no drive is made', async (_what, wrong, status, reason) => {
  const before = (await as('admin').call('space.list')).body.value;
  expect(outcome(await as('admin').call('space.create', { name: '新', members: [], ...wrong }))).toEqual([status, reason]);
  expect((await as('admin').call('space.list')).body.value).toEqual(before);
});

test('of many who make the same drive at once one does', async () => {
  const replies = await Promise.all(Array.from({ length: 5 }, () => as('admin').call('space.create', { name: '同時', members: [] })));
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
});

test('my drives and drives of nobody are not shared drives', async () => {
  const { spaces } = (await as('sato').call('drive.spaces')).body.value as { spaces: Space[] };
  const mine = spaces.find(({ kind }) => kind === 'my')!;
  expect(outcome(await as('admin').call('space.setMembers', { spaceId: mine.id, members: [] }))).toEqual([404, 'not_found']);
  expect(outcome(await as('admin').call('space.setMembers', { spaceId: 'none', members: [] }))).toEqual([404, 'not_found']);
});

test('a drive for some user types knows only those that there are, and who changes type is told to look again', async () => {
  const { tenantId } = running;
  await running.services.database
    .insertInto('posts')
    .values({ tenant_id: tenantId, id: 'staff', kind: 'user_type', name: '社員', sort_order: 1, template_id: 'default', deleted_at: null })
    .execute();
  const given = { members: [{ member: '*', permission: 'read' }], userTypes: ['staff'] };
  expect(outcome(await as('admin').call('space.create', { name: '社員', ...given, userTypes: ['staff', 'gone'] }))).toEqual([
    400,
    'post_unknown',
  ]);
  const made = spaceOf(await as('admin').call('space.create', { name: '社員', ...given }));
  const update = (userTypes: string[]) => as('admin').call('space.update', { spaceId: made.id, userTypes });
  expect(outcome(await update(['member-sato']))).toEqual([400, 'post_unknown']);
  expect(spaceOf(await update(['staff'])).userTypes).toEqual(['staff']);
  expect(await seenBy('sato')).not.toHaveProperty('社員');
  const listener = await listenAs(as('sato'));
  expect((await as('admin').call('member.update', { member: 'sato', userTypeId: 'staff' })).body).toMatchObject({ ok: true });
  await listener.until(ofType('spaces.changed'));
  listener.socket.terminate();
  expect(await seenBy('sato')).toHaveProperty('社員');
});
