import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredMember, MemberDetails } from '#shared/contract/admin-members.ts';
import { encodePack } from '#shared/contract/pack.ts';
import type { Space } from '#shared/model/drive.ts';
import { verifyAudit } from '../../server/audit/verify.ts';
import { administration, movableClock, outcome, valueOf, type Administration } from '../support/administrator.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { testPassword } from '../support/test-server.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let acme: Administration;
beforeAll(async () => {
  acme = await administration({ clock });
});
afterAll(() => acme.close());

type One = { member: AdministeredMember };
/** Days pass; the server does what is due then, and the administrator is asked who they are again. */
async function later(milliseconds: number): Promise<void> {
  clock.move(milliseconds);
  await expect.poll(async () => (await acme.admin.login('admin')).status).toBe(200);
}
const details = (member: string): Promise<MemberDetails> => acme.ask<MemberDetails>('member.details', { member });

test('whoever is deleted is out within a second, gets no keys, and comes back for seven days with everything', async () => {
  const person = await acme.hire({ title: '課長', email: 'p@example.com' });
  const client = await acme.loggedIn(person.memberId);
  const listener = await listenAs(client);
  const startedAt = performance.now();
  const { members } = await acme.ask<{ members: AdministeredMember[] }>('member.delete', { members: [person.memberId] });
  expect(members).toMatchObject([{ id: person.id, state: 'deleted', deletedUntil: clock.now() + 7 * dayMs }]);
  expect(await listener.until(ofType('session.ended'))).toMatchObject({ reason: 'member_deleted' });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  for (const name of ['session.current', 'directory.list', 'drive.spaces']) expect((await client.call(name)).status).toBe(401);
  expect(outcome(await client.refresh())[0]).toBe(401);
  expect(outcome(await new RawClient(acme.url).login(person.memberId))).toEqual([403, 'member_deleted']);
  expect(await acme.lastAudit('member.delete')).toMatchObject({ target: person.id, details: { before: 'active', ended: 1 } });

  for (const [name, more] of [
    ['member.setState', { state: 'active' }],
    ['member.setState', { state: 'suspended' }],
    ['member.setLeave', { until: '2027-01-01' }],
    ['member.setAppBlock', { blocked: true }],
    ['member.changeId', { memberId: 'elsewhere' }],
  ] as const) {
    expect([name, ...(await acme.refused(name, { member: person.id, ...more }))]).toEqual([name, 409, 'member_deleted']);
  }
  const { sequence } = await acme.lastAudit('member.delete');
  await acme.ask('member.delete', { members: [person.id] });
  expect((await acme.lastAudit('member.delete')).sequence).toBe(sequence);

  await later(7 * dayMs - 60_000);
  expect((await acme.ask<One>('member.undelete', { member: person.id })).member).toMatchObject({
    state: 'active',
    title: '課長',
    email: 'p@example.com',
    deletedUntil: null,
  });
  await acme.loggedIn(person.memberId);
});

test('a deletion that is taken back returns to what was before: a suspension stays one', async () => {
  const person = await acme.hire();
  await acme.ask('member.setState', { member: person.id, state: 'suspended' });
  await acme.ask('member.delete', { members: [person.id] });
  expect((await acme.ask<One>('member.undelete', { member: person.id })).member.state).toBe('suspended');
});

test('all are deleted or nobody: the supreme administrator and oneself never are', async () => {
  const person = await acme.hire();
  const sub = await acme.hire({ role: 'administrator' });
  expect(await acme.refused('member.delete', { members: [person.id, 'admin'] })).toEqual([403, 'supreme_protected']);
  expect(await acme.refused('member.delete', { members: [person.id, 'nobody'] })).toEqual([404, 'member_unknown']);
  const client = await acme.loggedIn(sub.memberId);
  expect(outcome(await client.call('member.delete', { members: [person.id, sub.id] }))).toEqual([409, 'own_account']);
  expect(outcome(await client.call('member.setState', { member: sub.id, state: 'suspended' }))).toEqual([409, 'own_account']);
  expect((await details(person.id)).member.state).toBe('active');
  expect(await acme.lastAudit('member.delete')).toMatchObject({ actorId: sub.id, result: 'failure', details: { reason: 'own_account' } });
});

test('after seven days they are erased: password, profile and drive are gone, messages and their name stay', async () => {
  const person = await acme.hire({ email: 'gone@example.com', profile: { mobile: '090-0000-0000' } });
  const client = await acme.loggedIn(person.memberId);
  const sato = await acme.loggedIn('sato');
  const room = randomUUID();
  valueOf(await client.call('room.create', { id: room, kind: 'direct', name: null, memberIds: ['member-sato'] }));
  valueOf(await client.call('message.send', { id: randomUUID(), roomId: room, text: 'お世話になりました' }));
  const upload = async (from: RawClient, text: string): Promise<string> => {
    const bytes = new TextEncoder().encode(text);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const token = from.grant!.accessToken;
    const send = () =>
      fetch(`${acme.url}/api/content/pack`, {
        method: 'PUT',
        headers: { authorization: `DPoP ${token}`, dpop: from.proof('PUT', '/api/content/pack', token), 'x-hikyaku-version': from.version },
        body: encodePack([{ hash, bytes }]) as BodyInit,
      });
    expect((await send()).status).toBe(200);
    return hash;
  };
  const hashes = [await upload(client, 'only mine'), await upload(client, 'ours')];
  await upload(sato, 'ours');
  const { spaces } = valueOf<{ spaces: Space[] }>(await client.call('drive.spaces'));
  const own = spaces.find(({ kind }) => kind === 'my')!;

  const { database, blobs } = acme.services;
  const packOf = async (hash: string): Promise<string> =>
    (await database.selectFrom('chunks').select('pack_id').where('hash', '=', hash).executeTakeFirstOrThrow()).pack_id;
  const [ownPack, sharedPack] = [await packOf(hashes[0]!), await packOf(hashes[1]!)];

  await acme.ask('member.delete', { members: [person.id] });
  await later(7 * dayMs + 1_000);
  clock.move(60_000);
  await expect.poll(() => acme.refused('member.details', { member: person.id })).toEqual([404, 'member_unknown']);
  expect(await acme.refused('member.undelete', { member: person.id })).toEqual([404, 'member_unknown']);
  const row = await database.selectFrom('members').selectAll().where('id', '=', person.id).executeTakeFirstOrThrow();
  expect(row).toMatchObject({ name: person.name, state: 'deleted', password_hash: null, email: null, profile: '{}' });
  expect(JSON.stringify(row)).not.toContain('090-0000-0000');
  expect(await database.selectFrom('spaces').select('id').where('id', '=', own.id).execute()).toEqual([]);
  expect(await database.selectFrom('nodes').select('id').where('space_id', '=', own.id).execute()).toEqual([]);
  const chunks = await database.selectFrom('chunks').select('hash').where('hash', 'in', hashes).execute();
  expect(chunks.map(({ hash }) => hash)).toEqual([hashes[1]]);
  await expect(blobs.read(ownPack, 0, 1)).rejects.toMatchObject({ code: 'not_found' });
  expect(await blobs.read(sharedPack, 0, 1)).toHaveLength(1);
  expect(await database.selectFrom('devices').select('database_key').where('member_id', '=', person.id).execute()).toEqual([
    { database_key: '' },
  ]);

  await sato.login('sato');
  const { messages } = valueOf<{ messages: { senderId: string; text: string }[] }>(await sato.call('message.list', { roomId: room }));
  expect(messages).toMatchObject([{ senderId: person.id, text: 'お世話になりました' }]);
  const directory = valueOf<{ members: { id: string }[] }>(await sato.call('directory.list')).members;
  expect(directory.find(({ id }) => id === person.id)).toMatchObject({ name: person.name, state: 'deleted' });
  expect(await acme.lastAudit('member.erase')).toMatchObject({ actorId: null, target: person.id, result: 'success' });
  // The id is nobody's for 90 days more.
  const again = { memberId: person.memberId, name: 'x', reading: 'x', password: testPassword };
  expect(await acme.refused('member.create', again)).toEqual([409, 'member_id_reserved']);
  await later(90 * dayMs);
  clock.move(60_000);
  await expect.poll(async () => (await acme.admin.call('member.create', again)).status).toBe(200);
});

test('a leave shows until its last day has passed, outlives a suspension, and ends early when an administrator says so', async () => {
  const day = (offset: number): string => {
    const date = new Date(clock.now() + offset * dayMs);
    return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
  };
  const person = await acme.hire();
  expect(await acme.refused('member.setLeave', { member: person.id, until: day(-1) })).toEqual([400, 'leave_in_the_past']);
  expect(await acme.refused('member.setLeave', { member: person.id, until: 'soon' })).toEqual([400, 'invalid']);
  const { member } = await acme.ask<One>('member.setLeave', { member: person.id, until: day(2) });
  expect(member).toMatchObject({ state: 'leave', leaveUntil: day(2) });
  await acme.loggedIn(person.memberId);
  await acme.ask('member.setState', { member: person.id, state: 'suspended' });
  expect((await acme.ask<One>('member.setState', { member: person.id, state: 'active' })).member.state).toBe('leave');
  await later(2 * dayMs);
  expect((await details(person.id)).member.state).toBe('leave');
  await later(dayMs);
  await expect.poll(async () => (await details(person.id)).member).toMatchObject({ state: 'active', leaveUntil: null });
  expect(await acme.lastAudit('member.end_leave')).toMatchObject({ actorId: null, target: person.id });

  await acme.ask('member.setLeave', { member: person.id, until: day(30) });
  expect((await acme.ask<One>('member.setLeave', { member: person.id, until: null })).member).toMatchObject({
    state: 'active',
    leaveUntil: null,
  });
});

test('another id ends every session, and the old one is nobody else’s for 90 days', async () => {
  const person = await acme.hire();
  const other = await acme.hire();
  const client = await acme.loggedIn(person.memberId);
  const listener = await listenAs(client);
  expect(await acme.refused('member.changeId', { member: person.id, memberId: other.memberId })).toEqual([409, 'member_exists']);
  expect(await acme.refused('member.changeId', { member: person.id, memberId: 'No Id' })).toEqual([400, 'invalid']);
  const answer = await acme.ask<One & { ended: number }>('member.changeId', { member: person.id, memberId: 'renamed' });
  expect(answer).toMatchObject({ ended: 1, member: { id: person.id, memberId: 'renamed' } });
  expect(await listener.until(ofType('session.ended'))).toMatchObject({ reason: 'member_id_changed' });
  expect(outcome(await new RawClient(acme.url).login(person.memberId))).toEqual([401, 'wrong_credentials']);
  await acme.loggedIn('renamed');
  expect(await acme.refused('member.changeId', { member: other.id, memberId: person.memberId })).toEqual([409, 'member_id_reserved']);
  // Its owner may have it back.
  await acme.ask('member.changeId', { member: person.id, memberId: person.memberId });
  await acme.loggedIn(person.memberId);
  await later(90 * dayMs + 1_000);
  await acme.ask('member.changeId', { member: other.id, memberId: 'renamed' });
});

test('after all this the audit chain holds to its head', async () => {
  expect(await verifyAudit(acme.services.database, acme.tenantId)).toBeNull();
});
