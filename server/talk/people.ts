import { AppError } from '#shared/base/errors.ts';
import { deny } from '#shared/model/decision.ts';
import type { Room } from '#shared/model/talk.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, Services } from '../context.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import { announceFolders, announceTalk, membersIn, nextChange } from './change.ts';
import { ownMembership, roomFor, type Viewer } from './rooms.ts';

/** How many members a room's row names: enough to name and picture it. */
const mostNamed = 8;

/** The states of members whom one can talk to (ACC-44). */
const reachableStates = ['active', 'absent', 'leave'];

/** Throws `invalid` with the first of `memberIds` who does not exist, or whose account is closed. */
export async function requireReachable(database: Database, tenantId: string, memberIds: readonly string[]): Promise<void> {
  const reachable = new Set<string>();
  for (const ids of listBatches(memberIds)) {
    const rows = await database
      .selectFrom('members')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids)
      .where('state', 'in', reachableStates)
      .execute();
    for (const { id } of rows) reachable.add(id);
  }
  const unknown = memberIds.find((id) => !reachable.has(id));
  if (unknown !== undefined) {
    throw new AppError('invalid', 'Not a member who can be in a room', { details: { reason: 'member_unknown', subject: unknown } });
  }
}

/** Puts members into a room, or back into it: they see what is said from now on. */
export async function addMembers(
  transaction: Database,
  tenantId: string,
  room: { readonly id: string; readonly lastSequence: number },
  memberIds: readonly string[],
  change: number,
): Promise<void> {
  const place = { last_read_sequence: room.lastSequence, joined_sequence: room.lastSequence, pinned: 0, left_room: 0, change };
  const rows = memberIds.map((memberId) => ({ tenant_id: tenantId, room_id: room.id, member_id: memberId, ...place }));
  for (const some of rowBatches(rows)) {
    await transaction
      .insertInto('memberships')
      .values(some)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'room_id', 'member_id']).doUpdateSet(place))
      .execute();
  }
  await recount(transaction, tenantId, room.id, change);
}

/** Writes down how many people a room has and who the first ones are. */
async function recount(transaction: Database, tenantId: string, roomId: string, change: number): Promise<void> {
  const people = await membersIn(transaction, tenantId, roomId);
  await transaction
    .updateTable('rooms')
    .set({ member_count: people.length, first_members: JSON.stringify(people.slice(0, mostNamed)), change })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', roomId)
    .execute();
}

/** A group that the viewer is in, locked by the change's number. Other rooms have the members that they have. */
async function ownGroup(transaction: Database, viewer: Viewer, roomId: string): Promise<{ id: string; lastSequence: number }> {
  await ownMembership(transaction, viewer, roomId);
  const room = await transaction
    .selectFrom('rooms')
    .select(['kind', 'last_sequence'])
    .where('tenant_id', '=', viewer.tenantId)
    .where('id', '=', roomId)
    .executeTakeFirstOrThrow();
  if (room.kind !== 'group') throw denial(deny('permission_missing', 'TLK-01'));
  return { id: roomId, lastSequence: room.last_sequence };
}

/** Brings colleagues into a group. Those who are in it already stay as they are. */
export async function invite(services: Services, viewer: Viewer, roomId: string, memberIds: readonly string[]): Promise<Room> {
  const { database } = services;
  await ownMembership(database, viewer, roomId);
  await requireReachable(database, viewer.tenantId, memberIds);
  const { room, audience, change } = await database.transaction().execute(async (transaction) => {
    const taken = await nextChange(transaction, viewer.tenantId);
    const group = await ownGroup(transaction, viewer, roomId);
    const present = new Set(await membersIn(transaction, viewer.tenantId, roomId));
    const added = [...new Set(memberIds)].filter((id) => !present.has(id));
    if (added.length > 0) await addMembers(transaction, viewer.tenantId, group, added, taken);
    return { room: await roomFor(transaction, viewer, roomId), audience: added.length > 0 ? [...present, ...added] : [], change: taken };
  });
  if (audience.length > 0) {
    announceTalk(services, viewer.tenantId, audience, change);
    announceFolders(services, viewer.tenantId, audience);
  }
  return room;
}

/** Takes the viewer out of a group. */
export async function leave(services: Services, viewer: Viewer, roomId: string): Promise<void> {
  const { audience, change } = await services.database.transaction().execute(async (transaction) => {
    const taken = await nextChange(transaction, viewer.tenantId);
    await ownGroup(transaction, viewer, roomId);
    const before = await membersIn(transaction, viewer.tenantId, roomId);
    await transaction
      .updateTable('memberships')
      .set({ left_room: 1, pinned: 0, change: taken })
      .where('tenant_id', '=', viewer.tenantId)
      .where('room_id', '=', roomId)
      .where('member_id', '=', viewer.memberId)
      .execute();
    await transaction
      .deleteFrom('mentions')
      .where('tenant_id', '=', viewer.tenantId)
      .where('member_id', '=', viewer.memberId)
      .where('room_id', '=', roomId)
      .execute();
    await recount(transaction, viewer.tenantId, roomId, taken);
    return { audience: before, change: taken };
  });
  announceTalk(services, viewer.tenantId, audience, change);
  announceFolders(services, viewer.tenantId, [viewer.memberId]);
}
