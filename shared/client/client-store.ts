import type { Node, Space } from '#shared/model/drive.ts';
import type { Member } from '#shared/model/member.ts';
import type { Membership, Message, Room } from '#shared/model/talk.ts';
import type { StoredOutgoing, StoredTransfer } from './stored.ts';

/** Rows by key, in the order in which their keys were first put. */
export interface Table<T> {
  get(key: string): T | undefined;
  all(): T[];
  put(key: string, row: T): void;
  remove(key: string): void;
  clear(): void;
}

/** A folder as the server last listed it, for when there is no network. */
export interface CachedFolder {
  readonly folder: Node;
  readonly path: { readonly id: string; readonly name: string }[];
  readonly nodes: Node[];
}

/**
 * What a client keeps of one account. Synchronous: a call that returned is safe (in the SQLite one, on disk).
 * Rows are plain data; callers never change a row they got. One suite, test/suites/client-store.ts, holds every implementation to this.
 */
export interface ClientStore {
  /** All or nothing; nested calls join the outer one. What `work` throws undoes it and is thrown on. */
  transaction<T>(work: () => T): T;
  /**
   * A transaction for what the server can tell again: it survives a crash of the program, but a power cut may take the last ones back, whole.
   * What people wrote never goes through here.
   */
  refresh<T>(work: () => T): T;
  /** Single facts by name: identity, cursors, policy. */
  readonly values: Table<unknown>;
  readonly rooms: Table<Room>;
  readonly drafts: Table<string>;
  readonly outgoing: Table<StoredOutgoing>;
  readonly members: Table<Member>;
  readonly spaces: Table<Space>;
  readonly folders: Table<CachedFolder>;
  readonly transfers: Table<StoredTransfer>;
  readonly memberships: {
    get(roomId: string, memberId: string): Membership | undefined;
    ofRoom(roomId: string): Membership[];
    put(membership: Membership): void;
    /** Forgets everybody of a room the member is no longer in. */
    removeRoom(roomId: string): void;
  };
  readonly messages: {
    get(id: string): Message | undefined;
    /** A message that is already there is replaced. */
    put(message: Message): void;
    /** At most `limit` messages of the room before `sequence` (null: the newest), the newest first. Gaps are the caller's to see. */
    before(roomId: string, sequence: number | null, limit: number): Message[];
    removeRoom(roomId: string): void;
  };
  close(): void;
}
