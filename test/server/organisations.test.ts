import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Organisation } from '#shared/model/profile.ts';
import { administration, movableClock, outcome, type Administration } from '../support/administrator.ts';
import { listenAs, ofType } from '../support/event-listener.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let acme: Administration;
beforeAll(async () => {
  acme = await administration({ clock });
});
afterAll(() => acme.close());

const create = async (name: string, parentId: string | null = null, description = ''): Promise<Organisation> =>
  (await acme.ask<{ organisation: Organisation }>('organisation.create', { name, parentId, description })).organisation;
const list = async (deleted = false): Promise<Organisation[]> =>
  (await acme.ask<{ organisations: Organisation[] }>('organisation.list', { deleted })).organisations;
const names = async (deleted = false): Promise<string[]> => (await list(deleted)).map(({ name }) => name);

test('organisations form a tree that is named, described and moved, and everybody hears of it', async () => {
  const listener = await listenAs(await acme.loggedIn('sato'));
  const head = await create(' 本社 ', null, '東京');
  await listener.until(ofType('directory.changed'));
  listener.socket.terminate();
  expect(head).toMatchObject({ name: '本社', description: '東京', parentId: null, memberCount: 0, deletedAt: null });
  const sales = await create('営業部', head.id);
  const east = await create('東日本', null);
  const { organisation } = await acme.ask<{ organisation: Organisation }>('organisation.update', {
    id: east.id,
    parentId: sales.id,
    name: '東日本課',
    description: 'お客様',
  });
  expect(organisation).toMatchObject({ parentId: sales.id, name: '東日本課', description: 'お客様' });
  expect(await acme.lastAudit('organisation.update')).toMatchObject({
    actorId: 'member-admin',
    target: east.id,
    result: 'success',
    details: { name: '東日本', changes: { name: '東日本課', parent_id: sales.id } },
  });
  const { sequence } = await acme.lastAudit('organisation.update');
  await acme.ask('organisation.update', { id: east.id, name: '東日本課' });
  expect((await acme.lastAudit('organisation.update')).sequence).toBe(sequence);
});

test('nothing goes into itself or its children, two siblings never have one name, and unknown places are refused', async () => {
  const top = await create('研究所');
  const middle = await create('第一', top.id);
  const bottom = await create('基礎', middle.id);
  for (const parentId of [top.id, middle.id, bottom.id]) {
    expect(await acme.refused('organisation.update', { id: top.id, parentId })).toEqual([409, 'organisation_cycle']);
  }
  expect(await acme.lastAudit('organisation.update')).toMatchObject({ result: 'failure', details: { reason: 'organisation_cycle' } });
  expect(await acme.refused('organisation.create', { name: '第一', parentId: top.id })).toEqual([409, 'name_taken']);
  await create('第一', bottom.id);
  expect(await acme.refused('organisation.update', { id: middle.id, name: '  ' })).toEqual([400, 'invalid']);
  expect(await acme.refused('organisation.create', { name: 'a\u0007', parentId: null })).toEqual([400, 'name_invalid']);
  expect(await acme.refused('organisation.create', { name: 'x', parentId: 'none' })).toEqual([404, 'organisation_unknown']);
  for (const name of ['organisation.update', 'organisation.delete', 'organisation.restore']) {
    expect([name, ...(await acme.refused(name, { id: 'none' }))]).toEqual([name, 404, 'organisation_unknown']);
  }
});

test('one with people in it, or below it, is not deleted; an empty one goes with its children and comes back with them', async () => {
  const top = await create('工場');
  const line = await create('ライン', top.id);
  const inspection = await create('検査', line.id);
  const person = await acme.hire({ organisationId: inspection.id });
  expect(person).toMatchObject({ organisation: '検査', organisationId: inspection.id });
  expect((await list()).find(({ id }) => id === inspection.id)!.memberCount).toBe(1);
  expect(await acme.refused('organisation.delete', { id: top.id })).toEqual([409, 'organisation_inhabited']);
  expect(await acme.lastAudit('organisation.delete')).toMatchObject({ result: 'failure', details: { reason: 'organisation_inhabited' } });
  await acme.ask('member.update', { member: person.id, organisationId: null });

  await acme.ask('organisation.delete', { id: inspection.id });
  await acme.ask('organisation.delete', { id: top.id });
  expect(await names()).not.toEqual(expect.arrayContaining(['工場']));
  expect(await names(true)).toEqual(expect.arrayContaining(['工場', 'ライン', '検査']));
  expect(await acme.refused('member.update', { member: person.id, organisationId: line.id })).toEqual([404, 'organisation_unknown']);
  expect(await acme.refused('organisation.delete', { id: top.id })).toEqual([404, 'organisation_unknown']);

  await acme.ask('organisation.restore', { id: top.id });
  expect(await names()).toEqual(expect.arrayContaining(['工場', 'ライン']));
  expect(await names(true)).toContain('検査');
  await acme.ask('organisation.restore', { id: inspection.id });
  expect((await list()).find(({ id }) => id === inspection.id)!.parentId).toBe(line.id);
});

test('what comes back without its parent stands at the top, and not beside one that took its name', async () => {
  const top = await create('仮設');
  const child = await create('現場', top.id);
  await acme.ask('organisation.delete', { id: top.id });
  const other = await create('現場');
  expect(await acme.refused('organisation.restore', { id: child.id })).toEqual([409, 'name_taken']);
  await acme.ask('organisation.update', { id: other.id, name: '現場二' });
  const { organisation } = await acme.ask<{ organisation: Organisation }>('organisation.restore', { id: child.id });
  expect(organisation.parentId).toBeNull();
});

test('thirty days long it can come back, then it is gone', async () => {
  const one = await create('期間限定');
  await acme.ask('organisation.delete', { id: one.id });
  clock.move(30 * dayMs - 1_000);
  await acme.admin.login('admin');
  expect(await names(true)).toContain('期間限定');
  clock.move(2_000);
  expect(await acme.refused('organisation.restore', { id: one.id })).toEqual([404, 'organisation_unknown']);
});

test('members change nothing here', async () => {
  const sato = await acme.loggedIn('sato');
  for (const [name, input] of [
    ['organisation.list', {}],
    ['organisation.create', { name: 'x', parentId: null }],
    ['organisation.update', { id: 'x' }],
    ['organisation.delete', { id: 'x' }],
    ['organisation.restore', { id: 'x' }],
  ] as const) {
    expect([name, ...outcome(await sato.call(name, input))]).toEqual([name, 403, 'role_missing']);
  }
});
