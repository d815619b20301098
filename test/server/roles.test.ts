import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { CustomRole } from '#shared/model/profile.ts';
import { administration, movableClock, outcome, valueOf, type Administration } from '../support/administrator.ts';

const clock = movableClock();
let acme: Administration;
beforeAll(async () => {
  acme = await administration({ clock });
});
afterAll(() => acme.close());

const create = async (name: string, rights: readonly string[]): Promise<CustomRole> =>
  (await acme.ask<{ role: CustomRole }>('role.create', { name, rights })).role;
const give = async (member: string, role: string, roleId?: string): Promise<AdministeredMember> =>
  (await acme.ask<{ member: AdministeredMember }>('member.setRole', { member, role, ...(roleId === undefined ? {} : { roleId }) })).member;

test('a role of the company’s own opens what it holds from the next request on, and nothing else', async () => {
  const role = await create('名簿係', ['organisations', 'members']);
  expect(role).toMatchObject({ name: '名簿係', rights: ['members', 'organisations'], memberCount: 0 });
  const person = await acme.hire();
  const client = await acme.loggedIn(person.memberId);
  expect(outcome(await client.call('organisation.list'))).toEqual([403, 'role_missing']);
  expect(await give(person.id, 'custom', role.id)).toMatchObject({ role: 'custom', roleId: role.id });
  expect(await acme.lastAudit('member.set_role')).toMatchObject({ target: person.id, details: { before: 'member', role: 'custom' } });
  valueOf(await client.call('organisation.list'));
  valueOf(await client.call('member.list'));
  for (const [name, input] of [
    ['audit.search', {}],
    ['role.list', {}],
    ['role.create', { name: 'x', rights: ['audit'] }],
    ['member.setRole', { member: person.id, role: 'administrator' }],
  ] as const) {
    expect([name, (await client.call(name, input)).status]).toEqual([name, 403]);
  }
  expect((await client.call('member.update', { member: 'sato', role: 'administrator' })).status).toBe(403);
  expect((await client.call('member.create', { memberId: 'zz', name: 'x', reading: 'x', role: 'operator' })).status).toBe(403);
  await acme.ask('role.update', { id: role.id, rights: ['audit'] });
  expect((await client.call('organisation.list')).status).toBe(403);
  valueOf(await client.call('audit.search'));
  await give(person.id, 'member');
  expect((await client.call('audit.search')).status).toBe(403);
});

test('roles of one’s own never give roles, have names of their own, and are not deleted while somebody has them', async () => {
  expect(await acme.refused('role.create', { name: 'x', rights: ['roles'] })).toEqual([400, 'invalid']);
  expect(await acme.refused('role.create', { name: 'x', rights: [] })).toEqual([400, 'invalid']);
  const role = await create('監査係', ['audit']);
  expect(await acme.refused('role.create', { name: '監査係', rights: ['apps'] })).toEqual([409, 'name_taken']);
  const person = await acme.hire();
  await give(person.id, 'custom', role.id);
  expect(await acme.refused('role.delete', { id: role.id })).toEqual([409, 'role_used']);
  await give(person.id, 'operator');
  await acme.ask('role.delete', { id: role.id });
  expect(await acme.refused('role.update', { id: role.id, name: 'y' })).toEqual([404, 'role_unknown']);
});

test('there is one supreme administrator, who alone gives roles; combinations that are none are refused', async () => {
  const person = await acme.hire();
  const set = (input: object): Promise<[number, unknown]> => acme.refused('member.setRole', { member: person.id, ...input });
  expect(await set({ role: 'supreme' })).toEqual([400, 'invalid']);
  expect(await set({ role: 'custom' })).toEqual([400, 'role_unknown']);
  expect(await set({ role: 'custom', roleId: 'none' })).toEqual([400, 'role_unknown']);
  expect(await set({ role: 'operator', roleId: 'none' })).toEqual([400, 'role_unknown']);
  expect(await acme.refused('member.setRole', { member: 'admin', role: 'member' })).toEqual([403, 'supreme_protected']);
  const sub = await acme.hire({ role: 'administrator' });
  const client = await acme.loggedIn(sub.memberId);
  valueOf(await client.call('role.list'));
  expect(outcome(await client.call('role.create', { name: 'x', rights: ['audit'] }))).toEqual([403, 'role_missing']);
  expect(outcome(await client.call('member.setRole', { member: person.id, role: 'operator' }))).toEqual([403, 'role_missing']);
  expect(await acme.lastAudit('member.set_role')).toMatchObject({ actorId: sub.id, result: 'denied' });
});

test('giving roles wants a fresh proof of who asks, whichever operation does it', async () => {
  const person = await acme.hire();
  clock.move(11 * 60_000);
  await acme.admin.refresh();
  const stale = [403, 'reauthentication_required'];
  expect(await acme.refused('member.setRole', { member: person.id, role: 'operator' })).toEqual(stale);
  expect(await acme.refused('member.update', { member: person.id, role: 'operator' })).toEqual(stale);
  expect(await acme.refused('member.create', { memberId: 'opera', name: 'x', reading: 'x', role: 'operator' })).toEqual(stale);
  expect(await acme.refused('role.create', { name: 'y', rights: ['audit'] })).toEqual(stale);
  await acme.ask('member.update', { member: person.id, title: '主任' });
  await acme.admin.login('admin');
  expect(await give(person.id, 'operator')).toMatchObject({ role: 'operator' });
});
