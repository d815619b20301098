import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { Post } from '#shared/model/profile.ts';
import { administration, type Administration } from '../support/administrator.ts';

let acme: Administration;
beforeAll(async () => {
  acme = await administration();
});
afterAll(() => acme.close());

const create = async (kind: string, name: string, more: object = {}): Promise<Post> =>
  (await acme.ask<{ post: Post }>('post.create', { kind, name, ...more })).post;
const list = async (kind?: string): Promise<Post[]> =>
  (await acme.ask<{ posts: Post[] }>('post.list', kind === undefined ? {} : { kind })).posts;
const update = async (member: string, input: object): Promise<AdministeredMember> =>
  (await acme.ask<{ member: AdministeredMember }>('member.update', { member, ...input })).member;

test('positions, levels and user types are made, ordered and renamed; a position’s name is what colleagues see', async () => {
  const manager = await create('position', '課長');
  const head = await create('position', '部長');
  await create('level', '一級');
  expect((await list('position')).map(({ name, order }) => [name, order])).toEqual([
    ['課長', 0],
    ['部長', 1],
  ]);
  await acme.ask('post.update', { id: manager.id, order: 5 });
  expect((await list('position')).map(({ name }) => name)).toEqual(['部長', '課長']);
  const person = await acme.hire({ positionId: head.id });
  expect(person).toMatchObject({ title: '部長', positionId: head.id });
  await acme.ask('post.update', { id: head.id, name: '本部長' });
  expect(await update(person.id, {})).toMatchObject({ title: '本部長' });
  expect((await list('position'))[0]).toMatchObject({ name: '本部長', memberCount: 1 });
  expect(await update(person.id, { title: '課長' })).toMatchObject({ title: '課長', positionId: manager.id });
  expect(await update(person.id, { title: '相談役' })).toMatchObject({ title: '相談役', positionId: null });
  expect(await update(person.id, { positionId: manager.id })).toMatchObject({ title: '課長' });
  expect(await update(person.id, { positionId: null })).toMatchObject({ title: null, positionId: null });
});

test('what somebody has is not deleted', async () => {
  const level = await create('level', '二級');
  const person = await acme.hire({ levelId: level.id });
  expect(await acme.refused('post.delete', { id: level.id })).toEqual([409, 'post_used']);
  expect(await acme.lastAudit('post.delete')).toMatchObject({ result: 'failure', details: { reason: 'post_used' } });
  await acme.ask('member.delete', { members: [person.id] });
  await acme.ask('post.delete', { id: level.id });
  expect((await list('level')).map(({ id }) => id)).not.toContain(level.id);
  const { member } = await acme.ask<{ member: AdministeredMember }>('member.undelete', { member: person.id });
  expect(member.levelId).toBeNull();
  expect(await acme.refused('post.delete', { id: level.id })).toEqual([404, 'post_unknown']);
});

test('a user type has a template of the rules; nothing else has one', async () => {
  const permissions = { templates: [{ id: 'default', name: 'Standard', services: { talk: ['browser'], drive: ['browser'] } }] };
  const extra = { id: 'outside', name: '協力会社', services: { talk: ['browser'], drive: [] } };
  await acme.ask('policy.set', { patch: { permissions: { templates: [...permissions.templates, extra] } } });
  const type = await create('user_type', '協力会社', { templateId: 'outside' });
  expect(type.templateId).toBe('outside');
  expect(await acme.refused('post.create', { kind: 'user_type', name: 'x', templateId: 'none' })).toEqual([400, 'template_unknown']);
  expect(await acme.refused('post.create', { kind: 'level', name: 'x', templateId: 'default' })).toEqual([400, 'post_without_template']);
  expect(await acme.refused('post.update', { id: type.id, templateId: 'none' })).toEqual([400, 'template_unknown']);
  expect((await acme.ask<{ post: Post }>('post.update', { id: type.id, templateId: null })).post.templateId).toBeNull();
  const person = await acme.hire({ userTypeId: type.id, templateId: 'outside' });
  expect(person).toMatchObject({ userTypeId: type.id, templateId: 'outside' });
});

test('a post of another kind, an unknown one or one of a kind that is not used is refused', async () => {
  const level = await create('level', '三級');
  const person = await acme.hire();
  expect(await acme.refused('post.create', { kind: 'level', name: '三級' })).toEqual([409, 'name_taken']);
  expect(await acme.refused('post.update', { id: 'none', name: 'x' })).toEqual([404, 'post_unknown']);
  expect(await acme.refused('member.update', { member: person.id, positionId: level.id })).toEqual([400, 'post_unknown']);
  expect(await acme.refused('member.update', { member: person.id, levelId: 'none' })).toEqual([400, 'post_unknown']);
  await acme.ask('policy.set', { patch: { directory: { levels: false } } });
  expect(await acme.refused('member.update', { member: person.id, levelId: level.id })).toEqual([400, 'posts_unused']);
  expect((await update(person.id, { levelId: null })).levelId).toBeNull();
});
