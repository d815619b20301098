import type { Outgoing, ShownMessage } from '#shared/contract/workspace.ts';

/** One line of a conversation, oldest first. */
export type ConversationItem =
  | { readonly kind: 'start'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: ShownMessage; readonly own: boolean; readonly continued: boolean }
  | { readonly kind: 'outgoing'; readonly key: string; readonly outgoing: Outgoing; readonly continued: boolean };

/** Messages of one person within this time stand together under one name, in milliseconds. */
const together = 5 * 60_000;

interface Shape {
  readonly messages: readonly ShownMessage[];
  readonly outgoing: readonly Outgoing[];
  readonly reachedStart: boolean;
  readonly ownId: string;
  /** Messages after this sequence were unread when the room was opened; null draws no line. */
  readonly unreadAfter: number | null;
  /** The local day of an instant, as a name. */
  readonly dayOf: (at: number) => string;
}

/** Arranges messages, then what waits to be sent: days, the unread line, and who stands together with whom. */
export function conversationItems({ messages, outgoing, reachedStart, ownId, unreadAfter, dayOf }: Shape): readonly ConversationItem[] {
  const items: ConversationItem[] = reachedStart ? [{ kind: 'start', key: 'start' }] : [];
  let before: { senderId: string; at: number } | null = null;
  let day = '';
  let line = unreadAfter === null;
  const turn = (at: number): void => {
    if (dayOf(at) === day) return;
    day = dayOf(at);
    before = null;
    items.push({ kind: 'day', key: `day-${day}`, at });
  };
  const continues = (senderId: string, at: number): boolean => {
    const same = before !== null && before.senderId === senderId && at - before.at < together;
    before = { senderId, at };
    return same;
  };
  const sent = new Set<string>();
  for (const message of messages) {
    sent.add(message.id);
    turn(message.sentAt);
    if (!line && unreadAfter !== null && message.sequence > unreadAfter && message.senderId !== ownId) {
      line = true;
      before = null;
      items.push({ kind: 'unread', key: 'unread' });
    }
    const continued = continues(message.senderId, message.sentAt);
    // The key is the client's own id, so a message keeps its place on the screen when it turns from sending to sent.
    items.push({ kind: 'message', key: message.id, message, own: message.senderId === ownId, continued });
  }
  for (const waiting of outgoing) {
    if (sent.has(waiting.id)) continue;
    turn(waiting.createdAt);
    items.push({ kind: 'outgoing', key: waiting.id, outgoing: waiting, continued: continues(ownId, waiting.createdAt) });
  }
  return items;
}
