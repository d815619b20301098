import type { Membership, Message, Room } from '#shared/model/talk.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { talkCursor } from './change.ts';
import { roomsFor, type Viewer } from './rooms.ts';
import { toMembership, toMessage } from './rows.ts';

export interface TalkChanges {
  readonly rooms: Room[];
  readonly messages: Message[];
  readonly memberships: Membership[];
  readonly cursor: number;
  readonly complete: boolean;
}

/**
 * What changed for the viewer after `cursor`, in the order of changes, at most about `limit` items: all items of one change come together.
 * Rooms come with their present state, also when only a message or a membership of theirs is on the page. Null, or a cursor from a future
 * that this server never had, gives the snapshot. Call it in a transaction that sees one state of the database.
 */
export async function talkChanges(database: Database, viewer: Viewer, cursor: number | null, limit: number): Promise<TalkChanges> {
  const now = await talkCursor(database, viewer.tenantId);
  const own = await ownRooms(database, viewer);
  if (cursor === null || cursor > now) {
    const present = own.filter(({ left }) => !left).map(({ id }) => id);
    return { rooms: await roomsFor(database, viewer, present), messages: [], memberships: [], cursor: now, complete: true };
  }
  const changed = own.filter((room) => room.change > cursor);
  const talking = changed.filter(({ left, roomChange }) => !left && roomChange > cursor).map(({ id }) => id);
  const changes = [
    ...changed.map(({ change }) => change),
    ...(await messageChanges(database, viewer, talking, cursor, limit + 1)),
    ...(await membershipChanges(database, viewer, cursor, limit + 1)),
  ].toSorted((a, b) => a - b);
  const complete = changes.length <= limit;
  const until = complete ? now : changes[limit - 1]!;
  const messages = await messagesBetween(database, viewer, talking, cursor, until);
  const memberships = await membershipsBetween(database, viewer, cursor, until);
  const named = new Set([...messages, ...memberships].map(({ roomId }) => roomId));
  const shown = changed.filter(({ id, change }) => change <= until || named.has(id)).map(({ id }) => id);
  return { rooms: await roomsFor(database, viewer, shown), messages, memberships, cursor: until, complete };
}

interface OwnRoom {
  readonly id: string;
  readonly left: boolean;
  readonly roomChange: number;
  /** When the room last changed as the viewer sees it. */
  readonly change: number;
}

async function ownRooms(database: Database, { tenantId, memberId }: Viewer): Promise<OwnRoom[]> {
  const rows = await database
    .selectFrom('memberships')
    .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'memberships.tenant_id').onRef('rooms.id', '=', 'memberships.room_id'))
    .select(['rooms.id', 'rooms.change as room_change', 'memberships.change as own_change', 'memberships.left_room'])
    .where('memberships.tenant_id', '=', tenantId)
    .where('memberships.member_id', '=', memberId)
    .execute();
  return rows.map((row) => {
    const left = row.left_room === 1;
    return { id: row.id, left, roomChange: row.room_change, change: left ? row.own_change : Math.max(row.room_change, row.own_change) };
  });
}

/** Messages of these rooms that the viewer may see: those sent after they came. */
const visibleMessages = (database: Database, { tenantId, memberId }: Viewer, roomIds: readonly string[], after: number) =>
  database
    .selectFrom('messages')
    .innerJoin('memberships', (join) =>
      join.onRef('memberships.tenant_id', '=', 'messages.tenant_id').onRef('memberships.room_id', '=', 'messages.room_id'),
    )
    .where('messages.tenant_id', '=', tenantId)
    .where('messages.room_id', 'in', roomIds)
    .where('messages.change', '>', after)
    .where('memberships.member_id', '=', memberId)
    .whereRef('messages.sequence', '>', 'memberships.joined_sequence')
    .orderBy('messages.change');

async function messageChanges(
  database: Database,
  viewer: Viewer,
  roomIds: readonly string[],
  after: number,
  limit: number,
): Promise<number[]> {
  const changes: number[] = [];
  for (const ids of listBatches(roomIds)) {
    const rows = await visibleMessages(database, viewer, ids, after).select('messages.change').limit(limit).execute();
    for (const row of rows) changes.push(row.change);
  }
  return changes;
}

async function messagesBetween(
  database: Database,
  viewer: Viewer,
  roomIds: readonly string[],
  after: number,
  until: number,
): Promise<Message[]> {
  const messages: Message[] = [];
  for (const ids of listBatches(roomIds)) {
    const rows = await visibleMessages(database, viewer, ids, after).selectAll('messages').where('messages.change', '<=', until).execute();
    messages.push(...rows.map(toMessage));
  }
  return messages.toSorted((a, b) => a.change - b.change || a.sequence - b.sequence);
}

/**
 * Who came, left or read in the rooms that the viewer is in; in rooms that they have left, what happened until then. Else a reader whose
 * page ends before their own leaving, and who is back before they ask again, would never hear of it.
 */
const visibleMemberships = (database: Database, { tenantId, memberId }: Viewer, after: number) =>
  database
    .selectFrom('memberships as other')
    .innerJoin('memberships as own', (join) =>
      join.onRef('own.tenant_id', '=', 'other.tenant_id').onRef('own.room_id', '=', 'other.room_id'),
    )
    .where('other.tenant_id', '=', tenantId)
    .where('other.change', '>', after)
    .where('own.member_id', '=', memberId)
    .where((where) => where.or([where('own.left_room', '=', 0), where('other.change', '<=', where.ref('own.change'))]))
    .orderBy('other.change');

async function membershipChanges(database: Database, viewer: Viewer, after: number, limit: number): Promise<number[]> {
  const rows = await visibleMemberships(database, viewer, after).select('other.change').limit(limit).execute();
  return rows.map(({ change }) => change);
}

async function membershipsBetween(database: Database, viewer: Viewer, after: number, until: number): Promise<Membership[]> {
  const rows = await visibleMemberships(database, viewer, after).selectAll('other').where('other.change', '<=', until).execute();
  return rows.map(toMembership);
}
