import type { Room } from '#shared/model/talk.ts';
import type { ClientStore } from './client-store.ts';

const name = 'read.pending';

/**
 * How far this member has read where the server does not know it yet. Kept in the store, so that reading offline is told later and a
 * snapshot of the server does not make read rooms unread again.
 */
export const readPointer = (store: ClientStore) => {
  const pending = (): Record<string, number> => (store.values.get(name) as Record<string, number> | undefined) ?? {};
  return {
    pending,

    /** A room of the server with what was read here meanwhile. */
    merge: (room: Room): Room => {
      const own = pending()[room.id] ?? 0;
      return own <= room.me.lastReadSequence ? room : { ...room, me: read(room, own) };
    },

    /** Marks as read here; false when that changes nothing. */
    advance: (roomId: string, sequence: number): boolean => {
      const room = store.rooms.get(roomId);
      if (room === undefined) return false;
      const reached = Math.min(sequence, room.lastSequence);
      if (reached <= room.me.lastReadSequence) return false;
      store.transaction(() => {
        store.rooms.put(roomId, { ...room, me: read(room, reached) });
        store.values.put(name, { ...pending(), [roomId]: reached });
      });
      return true;
    },

    /** The server knows now. */
    told: (roomId: string, sequence: number): void => {
      const { [roomId]: own, ...others } = pending();
      if (own !== undefined && own <= sequence) store.values.put(name, others);
    },
  };
};

const read = (room: Room, sequence: number): Room['me'] => ({
  ...room.me,
  lastReadSequence: sequence,
  mentions: sequence >= room.lastSequence ? 0 : room.me.mentions,
});
