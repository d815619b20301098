import type { Selectable } from 'kysely';
import type { Lock } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import type { Schema } from '../store/schema.ts';
import type { NodeRow } from './nodes.ts';
import type { Tree } from './tree.ts';

export type LockRow = Selectable<Schema['locks']>;

/** A lock that a program asks for over WebDAV (RFC 4918, section 6). */
export interface DavLock {
  readonly token: string;
  readonly shared: boolean;
  /** For a folder: with everything below it. */
  readonly deep: boolean;
  /** XML, or empty. */
  readonly owner: string;
  /** For how long, in milliseconds, if the rule allows as much. */
  readonly lastsMs: number;
}

/** How a WebDAV request speaks of locks: a program passes its own lock only by naming the token. */
export interface DavAuthor {
  readonly tokens: ReadonlySet<string>;
  /** What the request's `lock` asks for. */
  readonly lock?: DavLock;
  /** Which lock its `unlock` gives up; without one, all of them. */
  readonly unlock?: string;
}

interface Holder {
  readonly tenantId: string;
  readonly memberId: string;
  readonly at: number;
  readonly dav?: DavAuthor;
}

/** The lock of a node as everybody sees it: the oldest that lets nobody else in, else the oldest. */
export function shownLock(rows: readonly LockRow[]): Lock | null {
  const [first] = rows.toSorted((a, b) => a.shared - b.shared || a.created_at - b.created_at);
  return first === undefined ? null : { by: first.member_id, since: first.created_at, until: first.expires_at };
}

const textOf = (lock: Lock | null): string | null => (lock === null ? null : JSON.stringify(lock));

/** DRV-15: the locks of one space, within a transaction that holds the space. Read once, when a mutation first asks. */
export class Locks {
  readonly #database: Database;
  readonly #tree: Tree;
  readonly #spaceId: string;
  readonly #author: Holder;
  #rows: LockRow[] | null = null;

  constructor(database: Database, tree: Tree, spaceId: string, author: Holder) {
    this.#database = database;
    this.#tree = tree;
    this.#spaceId = spaceId;
    this.#author = author;
  }

  /** Whose lock keeps the author from changing what a file holds, or what lies in a folder; or null. */
  async holderOf(node: NodeRow): Promise<string | null> {
    return this.#hindering(await this.covering(node));
  }

  /** Whose lock keeps the author from moving or deleting a node: on it, on anything below it, or on the folder that it leaves. */
  async holderOfTree(node: NodeRow): Promise<string | null> {
    const rows = await this.all();
    if (rows.length === 0) return null;
    const own = this.#hindering(await this.covering(node));
    if (own !== null) return own;
    const parent = node.parent_id === null ? null : await this.#tree.node(node.parent_id);
    const above = parent === null ? null : this.#hindering(await this.covering(parent));
    return above ?? this.#hindering(await this.within(node));
  }

  /** Locks that hold for a node: its own, and those of folders above it that hold for everything below. */
  async covering(node: NodeRow): Promise<LockRow[]> {
    const rows = await this.all();
    if (rows.length === 0) return [];
    const found = rows.filter((row) => row.node_id === node.id);
    for (let at = node.parent_id; at !== null; at = (await this.#tree.node(at))?.parent_id ?? null) {
      found.push(...rows.filter((row) => row.deep === 1 && row.node_id === at));
    }
    return found;
  }

  /** Locks of a node and of everything below it. */
  async within(node: NodeRow): Promise<LockRow[]> {
    const found: LockRow[] = [];
    for (const row of await this.all()) if (await this.#tree.isWithin(row.node_id, node.id)) found.push(row);
    return found;
  }

  /** Every lock of the space that has not run out. */
  async all(): Promise<LockRow[]> {
    this.#rows ??= await this.#database
      .selectFrom('locks')
      .selectAll()
      .where('tenant_id', '=', this.#author.tenantId)
      .where('space_id', '=', this.#spaceId)
      .where('expires_at', '>', this.#author.at)
      .orderBy('created_at')
      .orderBy('token')
      .execute();
    return this.#rows;
  }

  /** How many files the author holds in all spaces, as a person or by programs. */
  async count(kind: 'drive' | 'dav'): Promise<number> {
    const row = await this.#database
      .selectFrom('locks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', this.#author.tenantId)
      .where('member_id', '=', this.#author.memberId)
      .where('kind', '=', kind)
      .where('expires_at', '>', this.#author.at)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  /** Takes or renews a lock. Returns the node in its new state. */
  async hold(node: NodeRow, lock: Omit<LockRow, 'tenant_id' | 'space_id' | 'node_id' | 'member_id'>): Promise<NodeRow> {
    const rows = await this.all();
    const row: LockRow = {
      ...lock,
      tenant_id: this.#author.tenantId,
      space_id: this.#spaceId,
      node_id: node.id,
      member_id: this.#author.memberId,
    };
    await this.#database
      .insertInto('locks')
      .values(row)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'token']).doUpdateSet({ expires_at: row.expires_at }))
      .execute();
    this.#rows = [...rows.filter(({ token }) => token !== row.token), row];
    return this.#show(node);
  }

  /** Gives locks of a node up. Returns the node in its new state. */
  async release(node: NodeRow, rows: readonly LockRow[]): Promise<NodeRow> {
    const tokens = rows.map(({ token }) => token);
    if (tokens.length === 0) return node;
    const all = await this.all();
    await this.#database.deleteFrom('locks').where('tenant_id', '=', this.#author.tenantId).where('token', 'in', tokens).execute();
    this.#rows = all.filter(({ token }) => !tokens.includes(token));
    return this.#show(node);
  }

  /** Gives up every lock of a node and below it: it goes to the trash, or to another place under other rules. */
  async releaseTree(node: NodeRow): Promise<void> {
    for (const nodeId of new Set((await this.within(node)).map((row) => row.node_id))) {
      const held = await this.#tree.node(nodeId);
      const rows = (await this.all()).filter((row) => row.node_id === nodeId);
      if (held !== null) await this.release(held, rows);
    }
  }

  /** Gives the node the next state, with what is left of its locks. */
  async showAnew(node: NodeRow): Promise<NodeRow> {
    await this.all();
    return this.#show(node);
  }

  #show(node: NodeRow): NodeRow {
    const lock = textOf(shownLock((this.#rows ?? []).filter((row) => row.node_id === node.id)));
    return this.#tree.put({ ...node, revision: node.revision + 1, lock });
  }

  #hindering(rows: readonly LockRow[]): string | null {
    const foreign = rows.filter((row) => !this.#isOwn(row));
    if (foreign.length === 0) return null;
    const alone = foreign.find((row) => row.shared === 0);
    // Of several who share a lock each may write.
    const hindrance = alone ?? (rows.some((row) => row.shared === 1 && this.#isOwn(row)) ? undefined : foreign[0]);
    return hindrance?.member_id ?? null;
  }

  #isOwn(row: LockRow): boolean {
    if (row.member_id !== this.#author.memberId) return false;
    const { dav } = this.#author;
    return dav === undefined || row.kind === 'drive' || dav.tokens.has(row.token);
  }
}
