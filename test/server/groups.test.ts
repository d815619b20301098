import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Group } from '#shared/model/profile.ts';
import { administration, movableClock, outcome, valueOf, type Administration } from '../support/administrator.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let acme: Administration;
beforeAll(async () => {
  acme = await administration({ clock });
});
afterAll(() => acme.close());

type One = { group: Group };
const list = async (deleted = false): Promise<Group[]> => (await acme.ask<{ groups: Group[] }>('group.list', { deleted })).groups;

test('a group has masters and members, by id or member id, and nobody stands in it twice', async () => {
  const { group } = await acme.ask<One>('group.create', {
    name: '安全委員会',
    description: '月一回',
    masters: ['sato', 'member-sato'],
    members: ['tanaka', 'sato'],
  });
  expect(group).toMatchObject({ masters: ['member-sato'], members: ['member-tanaka'], visible: true, deletedAt: null });
  expect(await acme.lastAudit('group.create')).toMatchObject({ target: group.id, result: 'success', details: { name: '安全委員会' } });
  const { group: changed } = await acme.ask<One>('group.update', { id: group.id, visible: false, masters: ['tanaka'], members: ['admin'] });
  expect(changed).toMatchObject({ name: '安全委員会', visible: false, masters: ['member-tanaka'], members: ['member-admin'] });
  expect(await acme.lastAudit('group.update')).toMatchObject({
    details: { changes: { visible: false, masters: ['member-tanaka'], members: ['member-admin'] } },
  });
  const { sequence } = await acme.lastAudit('group.update');
  await acme.ask('group.update', { id: group.id, name: '安全委員会' });
  expect((await acme.lastAudit('group.update')).sequence).toBe(sequence);
});

test('what makes no sense is refused', async () => {
  expect(await acme.refused('group.create', { name: 'x', masters: [], members: [] })).toEqual([400, 'invalid']);
  expect(await acme.refused('group.create', { name: 'x', masters: ['nobody'], members: [] })).toEqual([400, 'member_unknown']);
  expect(await acme.refused('group.create', { name: 'a\u0000b', masters: ['sato'], members: [] })).toEqual([400, 'name_invalid']);
  for (const name of ['group.update', 'group.delete', 'group.restore']) {
    expect([name, ...(await acme.refused(name, { id: 'none' }))]).toEqual([name, 404, 'group_unknown']);
  }
});

test('whoever is deleted is out of sight in it, and back with their place when that is taken back', async () => {
  const person = await acme.hire();
  const { group } = await acme.ask<One>('group.create', { name: '設計', masters: ['sato'], members: [person.id] });
  const members = async (): Promise<string[]> => (await list()).find(({ id }) => id === group.id)!.members;
  await acme.ask('member.delete', { members: [person.id] });
  expect(await members()).toEqual([]);
  expect(await acme.refused('group.update', { id: group.id, members: [person.id] })).toEqual([400, 'member_unknown']);
  await acme.ask('group.update', { id: group.id, members: ['tanaka'] });
  await acme.ask('member.undelete', { member: person.id });
  expect(await members()).toEqual(expect.arrayContaining([person.id, 'member-tanaka']));
});

test('a deleted group comes back for thirty days', async () => {
  const { group } = await acme.ask<One>('group.create', { name: '期間限定', masters: ['sato'], members: [] });
  await acme.ask('group.delete', { id: group.id });
  expect((await list()).map(({ id }) => id)).not.toContain(group.id);
  expect((await list(true)).map(({ id }) => id)).toContain(group.id);
  expect(await acme.refused('group.delete', { id: group.id })).toEqual([404, 'group_unknown']);
  expect(await acme.refused('group.update', { id: group.id, name: 'x' })).toEqual([404, 'group_unknown']);
  expect((await acme.ask<One>('group.restore', { id: group.id })).group).toMatchObject({ masters: ['member-sato'], deletedAt: null });
  await acme.ask('group.delete', { id: group.id });
  clock.move(30 * dayMs);
  await acme.admin.login('admin');
  expect(await acme.refused('group.restore', { id: group.id })).toEqual([404, 'group_unknown']);
  await expect.poll(() => list(true)).toEqual([]);
});

test('members make groups of their own only where the rule lets them, with themselves as master', async () => {
  const sato = await acme.loggedIn('sato');
  const own = { name: '読書会', members: ['member-tanaka'] };
  expect(outcome(await sato.call('group.createOwn', own))).toEqual([403, 'groups_by_administrators']);
  expect(await acme.lastAudit('group.create')).toMatchObject({ actorId: 'member-sato', result: 'denied' });
  expect(outcome(await sato.call('group.create', { ...own, masters: ['sato'] }))).toEqual([403, 'role_missing']);
  await acme.ask('policy.set', { patch: { directory: { groupsBy: 'everyone' } } });
  const { group } = valueOf<One>(await sato.call('group.createOwn', own));
  expect(group).toMatchObject({ masters: ['member-sato'], members: ['member-tanaka'] });
});
