import type { Texts } from './texts.ts';

/** A notification as the OS shows it. */
export interface ShownNotification {
  close(): void;
}

export interface NotificationContent {
  readonly title: string;
  readonly body: string;
  /** The same for everything of one room, so that an OS that can group does. */
  readonly group: string;
}

export interface RoomMessage {
  readonly accountId: string;
  readonly roomId: string;
  readonly title: string;
  readonly body: string;
}

/** Which room is on screen, as the page last said. */
export interface Viewing {
  readonly accountId: string | null;
  readonly roomId: string | null;
}

export interface Notifier {
  /** Shows a message unless its room is being looked at or the person switched notifications off (TLK-43). */
  show(message: RoomMessage): void;
  /** Takes back what is shown for a room. */
  withdraw(accountId: string, roomId: string): void;
  /** Takes back everything, at the end. */
  clear(): void;
}

/** One notification a room, replaced and not stacked; a click opens the room. */
export function createNotifier(options: {
  readonly present: (content: NotificationContent, onClick: () => void, onGone: () => void) => ShownNotification;
  readonly choice: (accountId: string) => { readonly enabled: boolean; readonly preview: boolean };
  readonly viewing: () => Viewing;
  readonly isFocused: () => boolean;
  readonly texts: () => Texts;
  readonly open: (accountId: string, roomId: string) => void;
}): Notifier {
  const shown = new Map<string, ShownNotification>();
  const keyOf = (accountId: string, roomId: string) => `${accountId}/${roomId}`;

  const withdraw = (accountId: string, roomId: string): void => {
    const key = keyOf(accountId, roomId);
    shown.get(key)?.close();
    shown.delete(key);
  };

  return {
    show: ({ accountId, roomId, title, body }) => {
      const { enabled, preview } = options.choice(accountId);
      const viewing = options.viewing();
      if (!enabled || (options.isFocused() && viewing.accountId === accountId && viewing.roomId === roomId)) return;
      withdraw(accountId, roomId);
      const key = keyOf(accountId, roomId);
      const content = preview ? { title, body, group: key } : { title: 'Hikyaku', body: options.texts().newMessage, group: key };
      const fresh: ShownNotification = options.present(
        content,
        () => {
          shown.delete(key);
          options.open(accountId, roomId);
        },
        () => {
          if (shown.get(key) === fresh) shown.delete(key);
        },
      );
      shown.set(key, fresh);
    },
    withdraw,
    clear: () => {
      for (const one of shown.values()) one.close();
      shown.clear();
    },
  };
}
