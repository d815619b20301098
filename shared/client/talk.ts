import { AppError } from '#shared/base/errors.ts';
import type { Membership, Room } from '#shared/model/talk.ts';
import { newId, type AccountContext } from './context.ts';
import { History } from './history.ts';
import { Outbox } from './outbox.ts';
import { Puller } from './puller.ts';
import { readPointer } from './read-pointers.ts';
import { TalkChanges } from './talk-changes.ts';

/** How many of the latest rooms have their newest messages fetched ahead, so that opening them never waits. */
const roomsAhead = 12;
const messagesAhead = 50;

/** Rooms, drafts and read marks of one account, with its outbox, history and changes. */
export class Talk {
  readonly #account: AccountContext;
  readonly #onTotals: () => void;
  readonly #reads: Puller;
  readonly outbox: Outbox;
  readonly history: History;
  readonly changes: TalkChanges;

  /** @param onTotals unread or mentions may have changed */
  constructor(account: AccountContext, onTotals: () => void) {
    this.#account = account;
    this.#onTotals = onTotals;
    this.#reads = new Puller(() => this.#tellReads(), account.host.report);
    this.outbox = new Outbox(account);
    this.history = new History(account);
    this.changes = new TalkChanges(account, onTotals);
  }

  /** All rooms of the member with the drafts begun in them. */
  rooms(): (Room & { draft: string | null })[] {
    const { store } = this.#account;
    return store.rooms.all().map((room) => ({ ...room, draft: store.drafts.get(room.id) ?? null }));
  }

  totals(): { unread: number; mentions: number } {
    let unread = 0;
    let mentions = 0;
    for (const { lastSequence, me } of this.#account.store.rooms.all()) {
      unread += Math.max(0, lastSequence - me.lastReadSequence);
      mentions += me.mentions;
    }
    return { unread, mentions };
  }

  async createRoom(kind: 'direct' | 'group', name: string | null, memberIds: string[]): Promise<string> {
    const { server, store, host, accountId } = this.#account;
    const { room } = await server['room.create']({ id: newId(host), kind, name, memberIds });
    store.rooms.put(room.id, readPointer(store).merge(room));
    host.emit({ type: 'rooms.changed', accountId });
    return room.id;
  }

  async members(roomId: string): Promise<Membership[]> {
    await this.history.members(roomId);
    return this.#account.store.memberships.ofRoom(roomId).filter(({ left }) => !left);
  }

  /** Read up to here: shown at once, told to the server when it can be. */
  markRead(roomId: string, sequence: number): void {
    const { store, host, accountId } = this.#account;
    if (!readPointer(store).advance(roomId, sequence)) return;
    const room = store.rooms.get(roomId);
    if (room !== undefined && room.me.lastReadSequence >= room.lastSequence) host.withdraw(accountId, roomId);
    host.emit({ type: 'rooms.changed', accountId });
    this.#onTotals();
    this.tellReads();
  }

  tellReads(): void {
    if (this.#account.isOnline()) void this.#reads.run();
  }

  async pin(roomId: string, pinned: boolean): Promise<void> {
    const { server, store, host, accountId } = this.#account;
    await server['room.pin']({ roomId, pinned });
    const room = store.rooms.get(roomId);
    if (room !== undefined) store.rooms.put(roomId, { ...room, me: { ...room.me, pinned } });
    host.emit({ type: 'rooms.changed', accountId });
  }

  draft(roomId: string): string {
    return this.#account.store.drafts.get(roomId) ?? '';
  }

  /** Safe when this returns. The room list shows that there is one. */
  setDraft(roomId: string, text: string): void {
    const { store, host, accountId } = this.#account;
    const had = store.drafts.get(roomId) ?? '';
    if (had === text) return;
    if (text === '') store.drafts.remove(roomId);
    else store.drafts.put(roomId, text);
    if ((had === '') !== (text === '')) host.emit({ type: 'rooms.changed', accountId });
  }

  /** Fetches the newest messages of the latest rooms, one room after the other. */
  async fetchAhead(): Promise<void> {
    const latest = this.#account.store.rooms
      .all()
      .toSorted((a, b) => b.change - a.change)
      .slice(0, roomsAhead);
    for (const { id } of latest) {
      if (!this.#account.isOnline()) return;
      await this.history.page(id, undefined, messagesAhead);
    }
  }

  async #tellReads(): Promise<void> {
    const { server, store } = this.#account;
    for (const [roomId, sequence] of Object.entries(readPointer(store).pending())) {
      try {
        await server['room.read']({ roomId, sequence });
      } catch (error) {
        // A room that is gone needs no telling; anything else is tried again at the next connect.
        if (!(error instanceof AppError) || error.retry || error.code === 'unauthenticated') throw error;
      }
      readPointer(store).told(roomId, sequence);
    }
  }
}
