import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';

export type ListedRoom = OutputOf<WorkspaceContract, 'room.list'>['rooms'][number];
export type RoomFilter = 'all' | 'unread' | 'toMe';
export type RoomSection = 'pinned' | 'groups' | 'people';

/** One line of the list: a heading or a room. */
export type RoomLine = { readonly kind: 'heading'; readonly section: RoomSection } | { readonly kind: 'room'; readonly room: ListedRoom };

/** Messages of others that the member has not read. */
export const unreadOf = ({ lastSequence, me }: ListedRoom): number => Math.max(0, lastSequence - me.lastReadSequence);

const sectionOf = ({ kind, me }: ListedRoom): RoomSection =>
  me.pinned ? 'pinned' : kind === 'direct' || kind === 'self' || kind === 'service' ? 'people' : 'groups';

const latest = ({ lastMessage }: ListedRoom): number => lastMessage?.sentAt ?? 0;

/**
 * The list as it is shown: sections with headings, the room with the latest message first in each. A filter keeps the open room
 * in place, so that reading it does not take it away.
 */
export function roomLines(rooms: readonly ListedRoom[], filter: RoomFilter, openId: string | null): readonly RoomLine[] {
  const shown = rooms.filter(
    (room) =>
      !room.me.left && (filter === 'all' || room.id === openId || (filter === 'unread' ? unreadOf(room) > 0 : room.me.mentions > 0)),
  );
  return (['pinned', 'groups', 'people'] as const).flatMap((section): RoomLine[] => {
    const inside = shown
      .filter((room) => sectionOf(room) === section)
      .toSorted((a, b) => latest(b) - latest(a) || a.id.localeCompare(b.id));
    return inside.length === 0 ? [] : [{ kind: 'heading', section }, ...inside.map((room) => ({ kind: 'room' as const, room }))];
  });
}

/** The room before or after the open one in the list as shown; with `unread`, the next one that has something unread. */
export function neighbourRoom(lines: readonly RoomLine[], openId: string | null, by: 1 | -1, unread: boolean): string | null {
  const rooms = lines.flatMap((line) => (line.kind === 'room' ? [line.room] : []));
  if (rooms.length === 0) return null;
  const at = rooms.findIndex(({ id }) => id === openId);
  for (let step = 1; step <= rooms.length; step += 1) {
    const index = at < 0 && by === -1 ? rooms.length - step : at + by * step;
    if (!unread && (index < 0 || index >= rooms.length)) return null;
    const room = rooms[((index % rooms.length) + rooms.length) % rooms.length]!;
    if (room.id !== openId && (!unread || unreadOf(room) > 0)) return room.id;
  }
  return null;
}
