import type { ClientStore } from '#shared/client/client-store.ts';
import type { StoredOutgoing, StoredTransfer } from '#shared/client/stored.ts';

/**
 * What a member had written and not sent when a login ended that they did not end themselves. It waits in the page's memory for the same
 * member's next login there; anybody else's login drops it.
 */
export class UnsentWork {
  #left: {
    readonly memberId: string;
    readonly drafts: readonly (readonly [roomId: string, text: string])[];
    readonly outgoing: readonly StoredOutgoing[];
    readonly transfers: readonly StoredTransfer[];
  } | null = null;

  /** To be called before the store closes. Nothing else of the account is kept. */
  keep(memberId: string, store: ClientStore): void {
    const drafts = store.rooms.all().flatMap(({ id }) => {
      const text = store.drafts.get(id);
      return text === undefined ? [] : [[id, text] as const];
    });
    this.#left = { memberId, drafts, outgoing: store.outgoing.all(), transfers: store.transfers.all() };
  }

  drop(): void {
    this.#left = null;
  }

  /** Puts it into the store of a login that is about to open. */
  giveBack(memberId: string, store: ClientStore): void {
    const left = this.#left;
    this.#left = null;
    if (left?.memberId !== memberId) return;
    for (const [roomId, text] of left.drafts) store.drafts.put(roomId, text);
    for (const row of left.outgoing) store.outgoing.put(row.id, row);
    for (const row of left.transfers) store.transfers.put(row.shown.id, row);
  }
}
