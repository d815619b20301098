import { useEffect, useState, useSyncExternalStore } from 'react';
import { useAccount, useHost } from '../app/host-context.tsx';
import type { ListedRoom } from './room-order.ts';

const subscribeFocus = (listener: () => void): (() => void) => {
  const names = ['focus', 'blur'] as const;
  for (const name of names) window.addEventListener(name, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const name of names) window.removeEventListener(name, listener);
    document.removeEventListener('visibilitychange', listener);
  };
};

/** Whether the person is looking at this window. */
export const useWindowFocus = (): boolean =>
  useSyncExternalStore(subscribeFocus, () => document.hasFocus() && document.visibilityState === 'visible');

/** Tells the shell which room is on the screen, so that it stays silent about it. */
export function useViewing(roomId: string): void {
  const host = useHost();
  const { accountId } = useAccount();
  useEffect(() => {
    const tell = (viewing: { accountId: string | null; roomId: string | null }) =>
      void host.shell?.['shell.viewing'](viewing).catch(() => undefined);
    tell({ accountId, roomId });
    return () => tell({ accountId: null, roomId: null });
  }, [host, accountId, roomId]);
}

/** Marks as read what was really seen: the newest message is in view and the window has the focus. */
export function useMarkRead(room: ListedRoom, newestSequence: number, newestInView: boolean): void {
  const host = useHost();
  const { accountId } = useAccount();
  const focused = useWindowFocus();
  const due = focused && newestInView && newestSequence > room.me.lastReadSequence;
  useEffect(() => {
    if (due) void host.workspace['room.markRead']({ accountId, roomId: room.id, sequence: newestSequence }).catch(() => undefined);
  }, [due, host, accountId, room.id, newestSequence]);
}

/**
 * Where the unread line stands: after what had been read when the room was opened, or when the window was left.
 * It stays while the room is read, and moves when something arrives unseen.
 */
export function useUnreadLine(room: ListedRoom): number | null {
  const focused = useWindowFocus();
  const { lastReadSequence } = room.me;
  const unread = room.lastSequence > lastReadSequence;
  const [line, setLine] = useState<number | null>(unread ? lastReadSequence : null);
  if (!focused && unread && line !== lastReadSequence) setLine(lastReadSequence);
  return line;
}
