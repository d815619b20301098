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

/** A folder that the server has listed; what is in it lies in `nodes`. */
export interface CachedFolder {
  readonly folder: Node;
  readonly path: { readonly id: string; readonly name: string }[];
  /** All of it has been listed once, and changes since are known up to the space's cursor. */
  readonly complete: boolean;
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
  /** What lies in cached folders. A node has a place that grows with the order of arrival and stays while it changes. */
  readonly nodes: {
    get(id: string): Node | undefined;
    put(node: Node): void;
    remove(id: string): void;
    /** At most `limit` nodes of a folder after a place (0 for the start), and the last one's place; null when these are the last. */
    page(folderId: string, after: number, limit: number): { readonly nodes: Node[]; readonly after: number | null };
    removeFolder(folderId: string): void;
  };
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
