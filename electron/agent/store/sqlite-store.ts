import { AppError } from '#shared/base/errors.ts';
import type { ClientStore, Table } from '#shared/client/client-store.ts';
import type { Node } from '#shared/model/drive.ts';
import type { Membership, Message } from '#shared/model/talk.ts';
import type { Database } from './database.ts';

/** The agent's store: rows as JSON beside their keys, in one migrated, encrypted database. */
export class SqliteStore implements ClientStore {
  readonly #database: Database;
  readonly values: Table<unknown>;
  readonly rooms: ClientStore['rooms'];
  readonly drafts: ClientStore['drafts'];
  readonly outgoing: ClientStore['outgoing'];
  readonly members: ClientStore['members'];
  readonly spaces: ClientStore['spaces'];
  readonly folders: ClientStore['folders'];
  readonly transfers: ClientStore['transfers'];
  readonly nodes: ClientStore['nodes'];
  readonly memberships: ClientStore['memberships'];
  readonly messages: ClientStore['messages'];

  constructor(database: Database) {
    this.#database = database;
    this.values = this.#table('values');
    this.rooms = this.#table('rooms');
    this.drafts = this.#table('drafts');
    this.outgoing = this.#table('outgoing');
    this.members = this.#table('members');
    this.spaces = this.#table('spaces');
    this.folders = this.#table('folders');
    this.transfers = this.#table('transfers');
    this.nodes = this.#nodeTable();
    this.memberships = this.#membershipTable();
    this.messages = this.#messageTable();
  }

  transaction<T>(work: () => T): T {
    if (this.#rows().inTransaction) return work();
    return this.#database.transaction(work)();
  }

  refresh<T>(work: () => T): T {
    if (this.#rows().inTransaction) return work();
    // In WAL mode this leaves out the flush at commit; the order of commits stays.
    this.#database.pragma('synchronous = NORMAL');
    try {
      return this.#database.transaction(work)();
    } finally {
      this.#database.pragma('synchronous = FULL');
    }
  }

  close(): void {
    this.#database.close();
  }

  /** The database while it is open; an account that was just closed is gone, not broken. */
  #rows(): Database {
    if (!this.#database.open) throw new AppError('unavailable', 'The account has been closed');
    return this.#database;
  }

  #prepared(sql: string) {
    const statement = this.#database.prepare<unknown[], { row: string; place: number }>(sql);
    return {
      get: (...values: unknown[]) => this.#rows() && statement.get(...values),
      all: (...values: unknown[]) => this.#rows() && statement.all(...values),
      run: (...values: unknown[]) => this.#rows() && statement.run(...values),
    };
  }

  #table<T>(name: string): Table<T> {
    const prepared = (sql: string) => this.#prepared(sql);
    const get = prepared(`SELECT row FROM "${name}" WHERE id = ?`);
    const all = prepared(`SELECT row FROM "${name}" ORDER BY rowid`);
    const put = prepared(`INSERT INTO "${name}" (id, row) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row`);
    const remove = prepared(`DELETE FROM "${name}" WHERE id = ?`);
    const clear = prepared(`DELETE FROM "${name}"`);
    return {
      get: (key) => parse<T>(get.get(key)),
      all: () => all.all().map((found) => JSON.parse(found.row) as T),
      put: (key, row) => void put.run(key, JSON.stringify(row)),
      remove: (key) => void remove.run(key),
      clear: () => void clear.run(),
    };
  }

  #nodeTable(): ClientStore['nodes'] {
    const prepared = (sql: string) => this.#prepared(sql);
    const get = prepared('SELECT row FROM nodes WHERE id = ?');
    const put = prepared(
      'INSERT INTO nodes (id, parent_id, row) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, row = excluded.row',
    );
    const remove = prepared('DELETE FROM nodes WHERE id = ?');
    const page = prepared('SELECT row, place FROM nodes WHERE parent_id = ? AND place > ? ORDER BY place LIMIT ?');
    const removeFolder = prepared('DELETE FROM nodes WHERE parent_id = ?');
    return {
      get: (id) => parse<Node>(get.get(id)),
      put: (node) => void put.run(node.id, node.parentId ?? '', JSON.stringify(node)),
      remove: (id) => void remove.run(id),
      page: (folderId, after, limit) => {
        const found = page.all(folderId, after, limit);
        return {
          nodes: found.map(({ row }) => JSON.parse(row) as Node),
          after: found.length < limit ? null : (found.at(-1)?.place ?? null),
        };
      },
      removeFolder: (folderId) => void removeFolder.run(folderId),
    };
  }

  #membershipTable(): ClientStore['memberships'] {
    const prepared = (sql: string) => this.#prepared(sql);
    const get = prepared('SELECT row FROM memberships WHERE room_id = ? AND member_id = ?');
    const ofRoom = prepared('SELECT row FROM memberships WHERE room_id = ?');
    const put = prepared('INSERT OR REPLACE INTO memberships (room_id, member_id, row) VALUES (?, ?, ?)');
    const remove = prepared('DELETE FROM memberships WHERE room_id = ?');
    return {
      get: (roomId, memberId) => parse<Membership>(get.get(roomId, memberId)),
      ofRoom: (roomId) => ofRoom.all(roomId).map((found) => JSON.parse(found.row) as Membership),
      put: (membership) => void put.run(membership.roomId, membership.memberId, JSON.stringify(membership)),
      removeRoom: (roomId) => void remove.run(roomId),
    };
  }

  #messageTable(): ClientStore['messages'] {
    const prepared = (sql: string) => this.#prepared(sql);
    const get = prepared('SELECT row FROM messages WHERE id = ?');
    const put = prepared('INSERT OR REPLACE INTO messages (room_id, sequence, id, row) VALUES (?, ?, ?, ?)');
    const before = prepared('SELECT row FROM messages WHERE room_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?');
    const remove = prepared('DELETE FROM messages WHERE room_id = ?');
    return {
      get: (id) => parse<Message>(get.get(id)),
      put: (message) => void put.run(message.roomId, message.sequence, message.id, JSON.stringify(message)),
      before: (roomId, sequence, limit) =>
        before.all(roomId, sequence ?? Number.MAX_SAFE_INTEGER, limit).map((found) => JSON.parse(found.row) as Message),
      removeRoom: (roomId) => void remove.run(roomId),
    };
  }
}

const parse = <T>(found: { row: string } | undefined): T | undefined => (found === undefined ? undefined : (JSON.parse(found.row) as T));
