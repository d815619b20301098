import type { Membership } from '#shared/model/talk.ts';
import type { Database, Services } from '../context.ts';
import { announceTalk, membersIn, nextChange } from './change.ts';
import { ownMembership, type Viewer } from './rooms.ts';
import { toMembership } from './rows.ts';

/** Who is in a room and how far each has read. */
export async function membershipsOf(database: Database, viewer: Viewer, roomId: string): Promise<Membership[]> {
  await ownMembership(database, viewer, roomId);
  const rows = await database
    .selectFrom('memberships')
    .selectAll()
    .where('tenant_id', '=', viewer.tenantId)
    .where('room_id', '=', roomId)
    .where('left_room', '=', 0)
    .orderBy('member_id')
    .execute();
  return rows.map(toMembership);
}

const ownPlace = (transaction: Database, { tenantId, memberId }: Viewer, roomId: string) =>
  transaction
    .updateTable('memberships')
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .where('member_id', '=', memberId)
    .where('left_room', '=', 0);

/** Moves the viewer's pointer forward, at most to the last message; it never goes back. Mentions up to there are seen. */
export async function markRead(services: Services, viewer: Viewer, roomId: string, sequence: number): Promise<void> {
  const { database } = services;
  const before = await ownMembership(database, viewer, roomId);
  if (sequence <= before.last_read_sequence) return;
  const read = await database.transaction().execute(async (transaction) => {
    const change = await nextChange(transaction, viewer.tenantId);
    const room = await transaction
      .selectFrom('rooms')
      .select('last_sequence')
      .where('tenant_id', '=', viewer.tenantId)
      .where('id', '=', roomId)
      .executeTakeFirstOrThrow();
    const reached = Math.min(sequence, room.last_sequence);
    const moved = await ownPlace(transaction, viewer, roomId)
      .set({ last_read_sequence: reached, change })
      .where('last_read_sequence', '<', reached)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return null;
    await transaction
      .deleteFrom('mentions')
      .where('tenant_id', '=', viewer.tenantId)
      .where('member_id', '=', viewer.memberId)
      .where('room_id', '=', roomId)
      .where('sequence', '<=', reached)
      .execute();
    return { change, audience: await membersIn(transaction, viewer.tenantId, roomId) };
  });
  if (read !== null) announceTalk(services, viewer.tenantId, read.audience, read.change);
}

/** Pins a room to the top of the viewer's list, or takes it off. */
export async function pin(services: Services, viewer: Viewer, roomId: string, pinned: boolean): Promise<void> {
  const { database } = services;
  const before = await ownMembership(database, viewer, roomId);
  if ((before.pinned === 1) === pinned) return;
  const change = await database.transaction().execute(async (transaction) => {
    const taken = await nextChange(transaction, viewer.tenantId);
    await ownPlace(transaction, viewer, roomId)
      .set({ pinned: pinned ? 1 : 0, change: taken })
      .execute();
    return taken;
  });
  announceTalk(services, viewer.tenantId, [viewer.memberId], change);
}
