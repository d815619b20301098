import type { Membership, Message } from '#shared/model/talk.ts';
import { MemoryNodes } from './memory-nodes.ts';
import type { ClientStore, Table } from './client-store.ts';

/** A change and how to undo it; transactions of the memory store are a log of these. */
type Undo = () => void;

/** The store of a browser, of tests, and of an app without a keychain. Copies on the way in and out, as a database does. */
export class MemoryStore implements ClientStore {
  #undo: Undo[] | null = null;
  readonly values: Table<unknown> = this.#table();
  readonly rooms: ClientStore['rooms'] = this.#table();
  readonly drafts: ClientStore['drafts'] = this.#table();
  readonly outgoing: ClientStore['outgoing'] = this.#table();
  readonly members: ClientStore['members'] = this.#table();
  readonly spaces: ClientStore['spaces'] = this.#table();
  readonly folders: ClientStore['folders'] = this.#table();
  readonly transfers: ClientStore['transfers'] = this.#table();
  readonly #memberships = this.#rooms<Membership>((membership) => membership.memberId);
  readonly #messages = this.#rooms<Message>((message) => String(message.sequence));
  readonly #messagesById: Table<Message> = this.#table();

  readonly memberships: ClientStore['memberships'] = {
    get: (roomId, memberId) => this.#memberships.get(roomId, memberId),
    ofRoom: (roomId) => this.#memberships.of(roomId),
    put: (membership) => this.#memberships.put(membership),
    removeRoom: (roomId) => this.#memberships.remove(roomId),
  };

  readonly nodes: ClientStore['nodes'] = new MemoryNodes((undo) => this.#undo?.push(undo));

  readonly messages: ClientStore['messages'] = {
    get: (id) => this.#messagesById.get(id),
    put: (message) => {
      this.#messages.put(message);
      this.#messagesById.put(message.id, message);
    },
    before: (roomId, sequence, limit) =>
      this.#messages
        .of(roomId)
        .filter((message) => sequence === null || message.sequence < sequence)
        .toSorted((a, b) => b.sequence - a.sequence)
        .slice(0, limit),
    removeRoom: (roomId) => {
      for (const message of this.#messages.of(roomId)) this.#messagesById.remove(message.id);
      this.#messages.remove(roomId);
    },
  };

  transaction<T>(work: () => T): T {
    if (this.#undo !== null) return work();
    const log: Undo[] = (this.#undo = []);
    try {
      return work();
    } catch (error) {
      for (const undo of log.toReversed()) undo();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  refresh<T>(work: () => T): T {
    return this.transaction(work);
  }

  close(): void {
    this.#undo = null;
  }

  #table<T>(): Table<T> {
    const rows = new Map<string, T>();
    const remember = () => {
      const before = [...rows];
      this.#undo?.push(() => {
        rows.clear();
        for (const [key, row] of before) rows.set(key, row);
      });
    };
    return {
      get: (key) => copy(rows.get(key)),
      all: () => [...rows.values()].map(copy),
      put: (key, row) => {
        const had = rows.has(key);
        const before = rows.get(key);
        this.#undo?.push(() => (had ? rows.set(key, before as T) : rows.delete(key)));
        rows.set(key, copy(row));
      },
      remove: (key) => {
        if (!rows.has(key)) return;
        remember();
        rows.delete(key);
      },
      clear: () => {
        remember();
        rows.clear();
      },
    };
  }

  #rooms<T extends { readonly roomId: string }>(keyOf: (row: T) => string) {
    const rooms = new Map<string, Table<T>>();
    const room = (roomId: string) => {
      const table = rooms.get(roomId) ?? this.#table<T>();
      rooms.set(roomId, table);
      return table;
    };
    return {
      get: (roomId: string, key: string): T | undefined => rooms.get(roomId)?.get(key),
      of: (roomId: string): T[] => rooms.get(roomId)?.all() ?? [],
      put: (row: T) => room(row.roomId).put(keyOf(row), row),
      remove: (roomId: string) => rooms.get(roomId)?.clear(),
    };
  }
}

const copy = <T>(row: T): T => (typeof row === 'object' && row !== null ? (JSON.parse(JSON.stringify(row)) as T) : row);
