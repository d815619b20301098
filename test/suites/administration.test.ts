import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { Session } from '#shared/contract/tenant.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { verifyAudit } from '../../server/audit/verify.ts';
import { eraseDrives } from '../../server/drive/erase-drives.ts';
import { makePurge } from '../../server/identity/purge.ts';
import { policyReader } from '../../server/store/policies.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-administration-'));
});
afterAll(async () => {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

const places: readonly [string, () => Promise<DatabasePlace>][] = [
  ['SQLite', async () => ({ kind: 'sqlite', file: path.join(folder, 'one.sqlite') })],
  ['PostgreSQL', () => postgres.place()],
];
const statuses = (replies: readonly RawReply[]): number[] => replies.map(({ status }) => status).toSorted((a, b) => a - b);
const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

describe.each(places)('administration on %s', (_name, place) => {
  let running: TestServer;
  let admin: RawClient;
  beforeAll(async () => {
    running = await startTestServer({ place: await place() });
    admin = new RawClient(running.url);
    expect((await admin.login('admin')).status).toBe(200);
  });
  afterAll(() => running.close());

  test('of many who make the same member or drive at once, one does', async () => {
    const member = { memberId: 'mori', name: '森', reading: 'もり', organisation: '総務', password: testPassword };
    expect(statuses(await times(4, () => admin.call('member.create', member)))).toEqual([200, 409, 409, 409]);
    const drive = { name: '総務', members: [{ member: 'mori', permission: 'edit' }] };
    expect(statuses(await times(4, () => admin.call('space.create', drive)))).toEqual([200, 409, 409, 409]);
    const found = (await admin.call('member.list', { text: 'MORI' })).body.value as { members: AdministeredMember[] };
    expect(found.members).toMatchObject([{ memberId: 'mori', organisation: '総務', appBlocked: false, lastUsedAt: null }]);
  });

  test('times and counts are numbers, and what was used last comes first', async () => {
    const sato = new RawClient(running.url);
    await sato.login('sato');
    const { sessions } = (await sato.call('session.list')).body.value as { sessions: Session[] };
    expect(sessions).toMatchObject([{ current: true, endedAt: null, lastUsedAt: expect.any(Number) as number }]);
    const { members } = (await admin.call('member.list', { text: 'sato' })).body.value as { members: AdministeredMember[] };
    expect(members[0]!.lastUsedAt).toBe(sessions[0]!.lastUsedAt);
    expect((await admin.call('session.endAll', { member: 'sato' })).body.value).toEqual({ ended: 1 });
    expect((await sato.call('session.current')).status).toBe(401);
  });

  test.each([
    ['a new password', 'member.setPassword', { password: 'another pass 1' }],
    ['a suspension', 'member.setState', { state: 'suspended' }],
  ])('no login slips in behind %s', async (_what, operation, input) => {
    for (let round = 0; round < 4; round += 1) {
      const memberId = `${operation.toLowerCase()}${round}`;
      const made = await admin.call('member.create', { memberId, name: 'x', reading: 'x', password: testPassword });
      expect(made.status).toBe(200);
      const clients = Array.from({ length: 5 }, () => new RawClient(running.url));
      const logins = clients.map((client) => client.login(memberId));
      await admin.call(operation, { member: memberId, ...input });
      const replies = await Promise.all(logins);
      const open = await times(clients.length, async (index) =>
        replies[index]!.status === 200 ? clients[index]!.call('session.current') : null,
      );
      for (const reply of open) if (reply !== null) expect(reply.status).toBe(401);
    }
  });

  test('organisations, groups, posts and roles are made, found, deleted and restored', async () => {
    const ask = async <T>(name: string, input: unknown = {}): Promise<T> => {
      const { body } = await admin.call(name, input);
      expect([name, body.error ?? null]).toEqual([name, null]);
      return body.value as T;
    };
    type Made = { organisation: { id: string; memberCount: number } };
    const top = (await ask<Made>('organisation.create', { name: '技術', parentId: null })).organisation.id;
    expect(statuses(await times(4, () => admin.call('organisation.create', { name: '開発', parentId: top })))).toEqual([
      200, 409, 409, 409,
    ]);
    const { organisations } = await ask<{ organisations: { id: string; name: string; parentId: string | null }[] }>('organisation.list');
    const child = organisations.find(({ name }) => name === '開発')!.id;
    // Two moves that would make a cycle together: one of them is refused.
    const other = (await ask<Made>('organisation.create', { name: '試作', parentId: null })).organisation.id;
    const moves = [
      admin.call('organisation.update', { id: top, parentId: other }),
      admin.call('organisation.update', { id: other, parentId: child }),
    ];
    expect(statuses(await Promise.all(moves))).toEqual([200, 409]);
    const { post } = await ask<{ post: { id: string } }>('post.create', { kind: 'position', name: '係長' });
    const { role } = await ask<{ role: { id: string } }>('role.create', { name: '監査', rights: ['audit'] });
    const made = { memberId: 'ueno', name: '上野', reading: 'うえの', password: testPassword, organisationId: child, positionId: post.id };
    const { member } = await ask<{ member: AdministeredMember }>('member.create', made);
    expect(member).toMatchObject({ organisation: '開発', title: '係長', twoStep: false });
    await ask('member.setRole', { member: 'ueno', role: 'custom', roleId: role.id });
    expect(await ask('member.list', { organisationId: child, roles: ['custom'], text: 'UENO' })).toMatchObject({ total: 1 });
    expect(await ask('post.list', { kind: 'position' })).toMatchObject({ posts: [{ name: '係長', memberCount: 1 }] });
    expect(await ask('role.list')).toMatchObject({ roles: [{ name: '監査', memberCount: 1 }] });
    const { group } = await ask<{ group: { id: string } }>('group.create', { name: '班', masters: ['ueno'], members: ['sato'] });
    expect((await admin.call('organisation.delete', { id: child })).status).toBe(409);
    const ueno = new RawClient(running.url);
    await ueno.login('ueno');
    expect(await ask('member.details', { member: 'ueno' })).toMatchObject({
      devices: [{ kinds: ['pc-app'], openSessions: 1 }],
      history: [{ action: 'session.login', result: 'success' }],
    });
    await ask('member.delete', { members: ['ueno'] });
    expect((await ueno.call('session.current')).status).toBe(401);
    expect(await ask('group.list')).toMatchObject({ groups: [{ id: group.id, masters: [], members: ['member-sato'] }] });
    await ask('organisation.delete', { id: child });
    await ask('organisation.restore', { id: child });
    expect((await ask<{ member: AdministeredMember }>('member.undelete', { member: 'ueno' })).member.state).toBe('active');
    await ask('policy.set', { patch: { invitations: { by: 'administrators' } } });
    const { code } = await ask<{ code: string }>('invitation.create');
    const join = (index: number) =>
      new RawClient(running.url).call(
        'invitation.accept',
        { code, memberId: `joins${index}`, name: 'x', password: testPassword },
        {},
        null,
      );
    expect(statuses(await times(3, join))).toEqual([200, 404, 404]);
    await ask('member.changeId', { member: 'ueno', memberId: 'okachimachi' });
    expect((await admin.call('member.create', made)).body.error?.details?.reason).toBe('member_id_reserved');
    expect(await ask('audit.search', { target: 'okachimachi', text: 'ueno', limit: 1 })).toMatchObject({
      entries: [{ action: 'member.change_id' }],
    });
    expect(await ask('audit.verify')).toMatchObject({ firstBad: null });
  });

  test('whoever stays deleted is erased, and only their own bytes go', async () => {
    const { database } = running.services;
    await admin.call('member.create', { memberId: 'goes', name: '去', reading: 'さる', password: testPassword });
    const goes = new RawClient(running.url);
    await goes.login('goes');
    const { id } = goes.identity!.member;
    expect((await goes.call('drive.spaces')).status).toBe(200);
    const tenant = { tenant_id: running.tenantId };
    const chunk = (hash: string) => ({ ...tenant, hash, pack_id: `pack-${hash}`, pack_offset: 0, size_bytes: 1, created_at: 1 });
    await database
      .insertInto('chunks')
      .values([chunk('own'), chunk('shared')])
      .execute();
    const scope = (hash: string, scope_id: string) => ({ ...tenant, hash, scope_id, ending: '' });
    await database
      .insertInto('chunk_scopes')
      .values([scope('own', `upload:${id}`), scope('shared', `upload:${id}`), scope('shared', 'a-room')])
      .execute();
    await admin.call('member.delete', { members: ['goes'] });
    await database.updateTable('members').set({ deleted_at: 1 }).where('id', '=', id).execute();
    const audit = appendAudit(running.services.clock);
    const policies = policyReader(database, running.services.clock, async () => undefined);
    const purge = makePurge(running.services, { audit, policies, eraseDrives: (...who) => eraseDrives(running.services, ...who) });
    await purge.run();
    await purge.run();
    const row = await database.selectFrom('members').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ name: '去', password_hash: null, state: 'deleted', erased_at: expect.any(Number) as number });
    expect(await database.selectFrom('spaces').select('id').where('owner_id', '=', id).execute()).toEqual([]);
    const left = await database.selectFrom('chunks').select('hash').where('hash', 'in', ['own', 'shared']).execute();
    expect(left).toEqual([{ hash: 'shared' }]);
    const erased = await database.selectFrom('audit_entries').select('target').where('action', '=', 'member.erase').execute();
    expect(erased).toEqual([{ target: id }]);
    expect(running.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('the audit chain holds after all who wrote at once', async () => {
    const drives = await times(8, (index) => admin.call('space.create', { name: `ドライブ ${index}`, members: [] }));
    expect(statuses(drives)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await verifyAudit(running.services.database, running.tenantId)).toBeNull();
  });
});
