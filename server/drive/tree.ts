import { sql } from 'kysely';
import type { Database } from '../context.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import type { NodeRow } from './nodes.ts';
import { insertRows, prepared } from '../store/prepared.ts';

const place = (parentId: string | null, foldedName: string): string => `${parentId}/${foldedName}`;

/**
 * The nodes of one space within one transaction that holds the space's lock: read ahead in bulk, changed in memory, written back in bulk.
 * Nodes of other spaces are not there.
 */
export class Tree {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #spaceId: string;
  /** The space's sequence: every change takes the next number. */
  #sequence: number;
  #rows = new Map<string, NodeRow | null>();
  #occupants = new Map<string, string | null>();
  /** What is to be written: new rows, and the rows of before for what changed. */
  #born = new Set<string>();
  #changed = new Map<string, NodeRow>();

  constructor(database: Database, tenantId: string, spaceId: string, sequence: number) {
    this.#database = database;
    this.#tenantId = tenantId;
    this.#spaceId = spaceId;
    this.#sequence = sequence;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Reads nodes ahead. */
  async load(ids: Iterable<string>): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#rows.has(id));
    for (const some of listBatches(unknown)) {
      const rows = await prepared(
        this.#database,
        `nodes ${some.length}`,
        (queries) => queries.selectFrom('nodes').selectAll().where('tenant_id', '=', this.#tenantId).where('id', 'in', some),
        [this.#tenantId, ...some],
      );
      for (const row of rows) if (row.space_id === this.#spaceId) this.#rows.set(row.id, row);
    }
    for (const id of unknown) if (!this.#rows.has(id)) this.#rows.set(id, null);
  }

  /** Reads ahead who bears these names in a folder. */
  async loadNames(parentId: string, foldedNames: Iterable<string>): Promise<void> {
    const unknown = [...new Set(foldedNames)].filter((name) => !this.#occupants.has(place(parentId, name)));
    if (!this.#born.has(parentId)) {
      for (const some of listBatches(unknown)) {
        const rows = await prepared(
          this.#database,
          `named nodes ${some.length}`,
          (queries) =>
            queries
              .selectFrom('nodes')
              .selectAll()
              .where('tenant_id', '=', this.#tenantId)
              .where('parent_id', '=', parentId)
              .where('folded_name', 'in', some)
              .where('trashed_at', 'is', null),
          [this.#tenantId, parentId, ...some],
        );
        for (const row of rows) {
          // What was changed in memory is newer than what the database says.
          if (this.#rows.get(row.id) === undefined) this.#rows.set(row.id, row);
          const known = this.#rows.get(row.id);
          if (known?.parent_id === parentId && known.folded_name === row.folded_name && known.trashed_at === null) {
            this.#occupants.set(place(parentId, row.folded_name), row.id);
          }
        }
      }
    }
    for (const name of unknown) {
      const key = place(parentId, name);
      if (!this.#occupants.has(key)) this.#occupants.set(key, null);
    }
  }

  async node(id: string): Promise<NodeRow | null> {
    if (!this.#rows.has(id)) await this.load([id]);
    return this.#rows.get(id) ?? null;
  }

  /** The live node of that name in the folder. */
  async occupant(parentId: string, foldedName: string): Promise<NodeRow | null> {
    const key = place(parentId, foldedName);
    if (!this.#occupants.has(key)) await this.loadNames(parentId, [foldedName]);
    const id = this.#occupants.get(key);
    return id === null || id === undefined ? null : this.node(id);
  }

  async hasLiveChildren(folderId: string): Promise<boolean> {
    await this.flush();
    const child = await this.#database
      .selectFrom('nodes')
      .select('id')
      .where('tenant_id', '=', this.#tenantId)
      .where('parent_id', '=', folderId)
      .where('trashed_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return child !== undefined;
  }

  /** Whether `id` is `ancestorId` or lies below it. */
  async isWithin(id: string, ancestorId: string): Promise<boolean> {
    for (let at: string | null = id; at !== null; at = (await this.node(at))?.parent_id ?? null) if (at === ancestorId) return true;
    return false;
  }

  /** Puts a new node into the tree, or a known one into its next state. Gives it the next sequence. */
  put(state: Omit<NodeRow, 'sequence' | 'tenant_id' | 'space_id'>): NodeRow {
    const before = this.#rows.get(state.id) ?? null;
    this.#sequence += 1;
    const row: NodeRow = { ...state, tenant_id: this.#tenantId, space_id: this.#spaceId, sequence: this.#sequence };
    if (before === null) this.#born.add(row.id);
    else {
      if (!this.#born.has(row.id) && !this.#changed.has(row.id)) this.#changed.set(row.id, before);
      const left = place(before.parent_id, before.folded_name);
      if (before.trashed_at === null && this.#occupants.get(left) === row.id) this.#occupants.set(left, null);
    }
    if (row.trashed_at === null) this.#occupants.set(place(row.parent_id, row.folded_name), row.id);
    this.#rows.set(row.id, row);
    return row;
  }

  /** Writes everything that changed. */
  async flush(): Promise<void> {
    const replaced = [...this.#changed].flatMap(([id, before]) => {
      const row = this.#rows.get(id)!;
      const stays = row.parent_id === before.parent_id && row.folded_name === before.folded_name && before.trashed_at === row.trashed_at;
      return stays ? [] : [id];
    });
    // Names that are given up are freed first, so that two nodes may swap theirs. No name holds a slash.
    for (const some of listBatches(replaced)) {
      await this.#database
        .updateTable('nodes')
        .set({ folded_name: sql<string>`'/' || id` })
        .where('tenant_id', '=', this.#tenantId)
        .where('id', 'in', some)
        .execute();
    }
    const inOrder = (ids: Iterable<string>) => [...ids].map((id) => this.#rows.get(id)!).toSorted((a, b) => a.sequence - b.sequence);
    for (const rows of rowBatches(inOrder(this.#born))) await insertRows(this.#database, 'nodes', rows);
    for (const rows of rowBatches(inOrder(this.#changed.keys()))) {
      await this.#database
        .insertInto('nodes')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'id']).doUpdateSet(({ ref }) => ({
            parent_id: ref('excluded.parent_id'),
            name: ref('excluded.name'),
            folded_name: ref('excluded.folded_name'),
            revision: ref('excluded.revision'),
            version: ref('excluded.version'),
            content: ref('excluded.content'),
            updated_at: ref('excluded.updated_at'),
            updated_by: ref('excluded.updated_by'),
            trashed_at: ref('excluded.trashed_at'),
            trashed_by: ref('excluded.trashed_by'),
            trash_root_id: ref('excluded.trash_root_id'),
            sequence: ref('excluded.sequence'),
            lock: ref('excluded.lock'),
          })),
        )
        .execute();
    }
    this.#born.clear();
    this.#changed.clear();
  }

  /** Takes note of `count` changes that a statement made to rows of this space: what was read before may be old. */
  changedOutside(count: number): void {
    this.#sequence += count;
    this.#rows.clear();
    this.#occupants.clear();
  }
}
