import { AppError } from '#shared/base/errors.ts';
import type { Room } from '#shared/model/talk.ts';
import type { Schema } from '../store/schema.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { toMessage } from './rows.ts';

/** Who looks at rooms. */
export interface Viewer {
  readonly tenantId: string;
  readonly memberId: string;
}

/** The viewer's place in a room they are in. Throws `not_found` for every other room. */
export async function ownMembership(database: Database, { tenantId, memberId }: Viewer, roomId: string): Promise<Schema['memberships']> {
  const membership = await database
    .selectFrom('memberships')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .where('member_id', '=', memberId)
    .where('left_room', '=', 0)
    .executeTakeFirst();
  if (membership === undefined) throw new AppError('not_found', 'No such room');
  return membership;
}

/** Rooms as the viewer sees them, in no order; those they were never in are left out. */
export async function roomsFor(database: Database, viewer: Viewer, roomIds: readonly string[]): Promise<Room[]> {
  const rooms: Room[] = [];
  for (const ids of listBatches([...new Set(roomIds)])) rooms.push(...(await someRooms(database, viewer, ids)));
  return rooms;
}

async function someRooms(database: Database, { tenantId, memberId }: Viewer, ids: readonly string[]): Promise<Room[]> {
  const rows = await database
    .selectFrom('rooms')
    .innerJoin('memberships', (join) =>
      join.onRef('memberships.tenant_id', '=', 'rooms.tenant_id').onRef('memberships.room_id', '=', 'rooms.id'),
    )
    .selectAll('rooms')
    .select([
      'memberships.last_read_sequence',
      'memberships.pinned',
      'memberships.joined_sequence',
      'memberships.left_room',
      'memberships.change as own_change',
    ])
    .where('rooms.tenant_id', '=', tenantId)
    .where('rooms.id', 'in', ids)
    .where('memberships.member_id', '=', memberId)
    .execute();
  // A left join goes from each room to its one last message; an inner join may be planned as a walk through all messages.
  const last = await database
    .selectFrom('rooms')
    .leftJoin('messages', (join) =>
      join
        .onRef('messages.tenant_id', '=', 'rooms.tenant_id')
        .onRef('messages.room_id', '=', 'rooms.id')
        .onRef('messages.sequence', '=', 'rooms.last_sequence'),
    )
    .selectAll('messages')
    .where('rooms.tenant_id', '=', tenantId)
    .where('rooms.id', 'in', ids)
    .$castTo<Schema['messages'] | { id: null; room_id: null }>()
    .execute();
  const mentions = await database
    .selectFrom('mentions')
    .select(({ fn }) => ['room_id', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .where('room_id', 'in', ids)
    .groupBy('room_id')
    .execute();
  const lastByRoom = new Map(last.flatMap((row) => (row.id === null ? [] : [[row.room_id, row]])));
  const mentionsByRoom = new Map(mentions.map((row) => [row.room_id, Number(row.count)]));
  return rows.map((row) => {
    const message = lastByRoom.get(row.id);
    const left = row.left_room === 1;
    return {
      id: row.id,
      kind: row.kind as Room['kind'],
      name: row.name,
      // Who has left learns nothing more of the room than that.
      memberCount: left ? 0 : row.member_count,
      memberIds: left ? [] : (JSON.parse(row.first_members) as string[]),
      lastSequence: left ? row.last_read_sequence : row.last_sequence,
      lastMessage: message === undefined || left || message.sequence <= row.joined_sequence ? null : toMessage(message),
      me: {
        lastReadSequence: row.last_read_sequence,
        joinedSequence: row.joined_sequence,
        mentions: mentionsByRoom.get(row.id) ?? 0,
        pinned: row.pinned === 1,
        left,
      },
      change: left ? row.own_change : Math.max(row.change, row.own_change),
    };
  });
}

/** One room as the viewer sees it. Throws `not_found` when they are not in it. */
export async function roomFor(database: Database, viewer: Viewer, roomId: string): Promise<Room> {
  const [room] = await roomsFor(database, viewer, [roomId]);
  if (room === undefined || room.me.left) throw new AppError('not_found', 'No such room');
  return room;
}
