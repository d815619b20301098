import type { Message } from '#shared/model/talk.ts';
import type { ShownMessage } from '#shared/contract/workspace.ts';
import type { z } from 'zod';
import { Puller } from './puller.ts';
import type { AccountContext } from './context.ts';

type Shown = z.infer<typeof ShownMessage>;

/** How long an answer waits for the server when the store alone cannot give the whole page, in milliseconds. */
const patienceMs = 3_000;
const startName = (roomId: string) => `room.start:${roomId}`;
const membersName = (roomId: string) => `room.members:${roomId}`;

export interface HistoryPage {
  readonly messages: Shown[];
  readonly reachedStart: boolean;
}

/** The conversation of a room: from the store when it is whole there, else pulled first. Sequences have no gaps, so gaps show. */
export class History {
  readonly #account: AccountContext;
  readonly #members = new Map<string, Puller>();

  constructor(account: AccountContext) {
    this.#account = account;
  }

  /** The newest messages before `before` (undefined: the newest of all), oldest first. Offline: what is known without a gap. */
  async page(roomId: string, before: number | undefined, limit: number): Promise<HistoryPage> {
    if (!this.#isWhole(roomId, before, limit) && this.#account.isOnline()) {
      await this.#soon(this.#pull(roomId, before, limit));
    }
    if (this.#account.store.values.get(membersName(roomId)) === undefined) void this.members(roomId);
    const messages = this.#contiguous(roomId, before, limit);
    const oldest = messages.at(-1)?.sequence ?? before ?? 0;
    return { messages: this.#shown(roomId, messages.toReversed()), reachedStart: oldest <= this.#start(roomId) };
  }

  /** Fetches who is in a room and how far they have read, once; after that the changes keep it true. */
  async members(roomId: string): Promise<void> {
    const { store, host, server, accountId } = this.#account;
    if (store.values.get(membersName(roomId)) !== undefined || !this.#account.isOnline()) return;
    const puller =
      this.#members.get(roomId) ??
      new Puller(async () => {
        const { memberships } = await server['room.members']({ roomId });
        store.refresh(() => {
          const known = new Map(store.memberships.ofRoom(roomId).map((membership) => [membership.memberId, membership.change]));
          for (const membership of memberships)
            if ((known.get(membership.memberId) ?? -1) <= membership.change) store.memberships.put(membership);
          store.values.put(membersName(roomId), true);
        });
        host.emit({ type: 'messages.changed', accountId, roomId });
      }, host.report);
    this.#members.set(roomId, puller);
    await puller.run();
    this.#members.delete(roomId);
  }

  async #pull(roomId: string, before: number | undefined, limit: number): Promise<void> {
    const { server, store } = this.#account;
    const answer = await server['message.list']({ roomId, limit, ...(before === undefined ? {} : { beforeSequence: before }) });
    store.refresh(() => {
      for (const message of answer.messages) store.messages.put(message);
      if (!answer.reachedStart) return;
      // Nothing before here: the first message of the page, or all that comes after what there is now.
      const next = (store.rooms.get(roomId)?.lastSequence ?? 0) + 1;
      store.values.put(startName(roomId), answer.messages[0]?.sequence ?? before ?? next);
    });
  }

  /** The lowest sequence this member can see, once known. */
  #start(roomId: string): number {
    return (this.#account.store.values.get(startName(roomId)) as number | undefined) ?? 1;
  }

  #isWhole(roomId: string, before: number | undefined, limit: number): boolean {
    const room = this.#account.store.rooms.get(roomId);
    const newest = before === undefined ? (room?.lastSequence ?? 0) : before - 1;
    const messages = this.#contiguous(roomId, before, limit);
    if (newest === 0 || newest < this.#start(roomId)) return true;
    if (messages[0] === undefined || messages[0].sequence < newest) return false;
    return messages.length >= limit || messages.at(-1)!.sequence <= this.#start(roomId);
  }

  /** Newest first, up to the first gap. */
  #contiguous(roomId: string, before: number | undefined, limit: number): Message[] {
    const messages = this.#account.store.messages.before(roomId, before ?? null, limit);
    const gap = messages.findIndex((message, index) => index > 0 && messages[index - 1]!.sequence !== message.sequence + 1);
    return gap < 0 ? messages : messages.slice(0, gap);
  }

  #shown(roomId: string, messages: readonly Message[]): Shown[] {
    const members = this.#account.store.memberships.ofRoom(roomId).filter(({ left }) => !left);
    return messages.map((message) => {
      const readBy = members.filter(
        ({ memberId, lastReadSequence }) => memberId !== message.senderId && lastReadSequence >= message.sequence,
      ).length;
      return { ...message, readBy };
    });
  }

  async #soon(work: Promise<void>): Promise<void> {
    const { clock, report } = this.#account.host;
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.after(patienceMs, resolve);
    });
    const tried = work.catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'AppError') report(error);
    });
    await Promise.race([tried, late]);
    cancel();
  }
}
