import type { OutputOf } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import { serviceSenderId } from '#shared/model/notice.ts';
import type { Message, Membership, Room } from '#shared/model/talk.ts';
import type { AccountContext, NewMessage } from './context.ts';
import { Puller } from './puller.ts';
import { readPointer } from './read-pointers.ts';

type Page = OutputOf<TenantContract, 'talk.changes'>;
const cursorName = 'talk.cursor';

/** Follows what changes in Talk: hints say when to look, the pages of `talk.changes` are the truth. */
export class TalkChanges {
  readonly #account: AccountContext;
  readonly #onApplied: () => void;
  readonly #puller: Puller;

  /** @param onApplied something was applied: totals may have changed */
  constructor(account: AccountContext, onApplied: () => void) {
    this.#account = account;
    this.#onApplied = onApplied;
    this.#puller = new Puller(() => this.#pull(), account.host.report);
  }

  get cursor(): number | null {
    return (this.#account.store.values.get(cursorName) as number | undefined) ?? null;
  }

  /** The server says where it stands. A server that went backwards was restored: then only a fresh snapshot is true. */
  hint(cursor: number, atConnect: boolean): void {
    const own = this.cursor;
    if (atConnect && own !== null && cursor < own) this.#forget();
    if (this.cursor === null || cursor > (own ?? -1)) void this.pull();
  }

  /** Resolves when no pull is under way. */
  settled(): Promise<void> {
    return this.#puller.settled();
  }

  /** Pulls until nothing is left; failures end it quietly, the next hint or reconnect goes on from the cursor. */
  pull(): Promise<void> {
    return this.#puller.run();
  }

  async #pull(): Promise<void> {
    for (;;) {
      const before = this.cursor;
      const page = await this.#account.server['talk.changes']({ cursor: before });
      const after = this.#apply(page, before === null);
      after();
      if (page.complete || page.cursor === before) return;
    }
  }

  /** One page in one transaction with its cursor; what is told to others is told after it is safe. */
  #apply(page: Page, isSnapshot: boolean): () => void {
    const { store, host, accountId } = this.#account;
    const rooms = new Set(page.messages.map(({ roomId }) => roomId));
    // What others have read stands beside our messages; our own pointer does not.
    for (const { roomId, memberId } of page.memberships) if (memberId !== this.#account.memberId) rooms.add(roomId);
    const news: NewMessage[] = [];
    const read: string[] = [];
    store.refresh(() => {
      for (const room of page.rooms) if (this.#putRoom(room)) read.push(room.id);
      for (const membership of page.memberships) if (this.#putMembership(membership)) read.push(membership.roomId);
      for (const message of page.messages) this.#putMessage(message);
      if (!isSnapshot) news.push(...this.#news(page.messages));
      store.values.put(cursorName, page.cursor);
    });
    return () => {
      for (const roomId of new Set(read)) host.withdraw(accountId, roomId);
      // The open conversation first: it is what somebody looks at.
      for (const roomId of rooms) host.emit({ type: 'messages.changed', accountId, roomId });
      host.emit({ type: 'rooms.changed', accountId });
      for (const message of news) host.notify(message);
      this.#onApplied();
    };
  }

  /** True when this made everything in the room read. */
  #putRoom(room: Room): boolean {
    const { store } = this.#account;
    if (room.me.left) {
      store.rooms.remove(room.id);
      store.messages.removeRoom(room.id);
      store.memberships.removeRoom(room.id);
      return true;
    }
    const had = store.rooms.get(room.id);
    if (room.lastMessage !== null) store.messages.put(room.lastMessage);
    const merged = readPointer(store).merge(room);
    store.rooms.put(room.id, merged);
    return had !== undefined && isUnread(had) && !isUnread(merged);
  }

  #putMembership(membership: Membership): boolean {
    const { store, memberId } = this.#account;
    const known = store.memberships.get(membership.roomId, membership.memberId);
    if (known !== undefined && known.change > membership.change) return false;
    store.memberships.put(membership);
    const room = store.rooms.get(membership.roomId);
    if (membership.memberId !== memberId || room === undefined || membership.lastReadSequence <= room.me.lastReadSequence) return false;
    const merged: Room = { ...room, me: { ...room.me, lastReadSequence: membership.lastReadSequence } };
    store.rooms.put(room.id, merged);
    return isUnread(room) && !isUnread(merged);
  }

  #putMessage(message: Message): void {
    const { store, memberId } = this.#account;
    store.messages.put(message);
    // The answer to our own sending may have been lost; this is the answer too.
    if (message.senderId === memberId) store.outgoing.remove(message.id);
    const room = store.rooms.get(message.roomId);
    if (room === undefined || room.lastSequence > message.sequence) return;
    const own = message.senderId === memberId ? Math.max(room.me.lastReadSequence, message.sequence) : room.me.lastReadSequence;
    store.rooms.put(room.id, { ...room, lastSequence: message.sequence, lastMessage: message, me: { ...room.me, lastReadSequence: own } });
  }

  /** The newest unread message by somebody else of each room: people are told once a room, not once a message. */
  #news(messages: readonly Message[]): NewMessage[] {
    const { store, memberId, accountId } = this.#account;
    const newest = new Map<string, Message>();
    for (const message of messages) {
      const room = store.rooms.get(message.roomId);
      if (room === undefined || message.senderId === memberId || message.sequence <= room.me.lastReadSequence) continue;
      if ((newest.get(message.roomId)?.sequence ?? -1) < message.sequence) newest.set(message.roomId, message);
    }
    return [...newest.values()].map((message) => {
      const room = store.rooms.get(message.roomId);
      const isNotice = message.senderId === serviceSenderId;
      return {
        accountId,
        roomId: message.roomId,
        messageId: message.id,
        // Notices come from the service itself: their room's name says so.
        senderName: (isNotice ? room?.name : store.members.get(message.senderId)?.name) ?? '',
        roomName: isNotice || room?.kind === 'direct' ? null : (room?.name ?? null),
        text: message.text,
        fileNames: message.files.map(({ name }) => name),
        mentioned: message.mentions.includes(memberId),
      };
    });
  }

  #forget(): void {
    const { store } = this.#account;
    store.transaction(() => {
      for (const { id } of store.rooms.all()) {
        store.messages.removeRoom(id);
        store.memberships.removeRoom(id);
      }
      store.rooms.clear();
      store.values.remove(cursorName);
    });
  }
}

const isUnread = (room: Room): boolean => room.lastSequence > room.me.lastReadSequence;
