import type { NodeMap } from '#shared/sync/tree.ts';
import type { NodeTable, RowTypes, TreeName } from './node-table.ts';

/** One of the three trees: what lies in the database, with the changes that are to be written at the next commit. */
export class StoredTree<T extends TreeName> implements NodeMap<RowTypes[T]> {
  readonly #nodes: NodeTable;
  readonly #name: T;
  readonly #changed: (before: RowTypes[T] | undefined, now: RowTypes[T] | undefined) => void;

  /** `changed` hears of each row that comes, goes or becomes another. */
  constructor(
    nodes: NodeTable,
    name: T,
    changed: (before: RowTypes[T] | undefined, now: RowTypes[T] | undefined) => void = () => undefined,
  ) {
    this.#nodes = nodes;
    this.#name = name;
    this.#changed = changed;
  }
  get size(): number {
    return this.#nodes.counts()[this.#name];
  }
  get(id: string): RowTypes[T] | undefined {
    return this.#nodes.get(id)[this.#name] as RowTypes[T] | undefined;
  }
  has(id: string): boolean {
    return this.get(id) !== undefined;
  }
  put(row: RowTypes[T]): void {
    this.#set(row.id, row);
  }
  delete(id: string): void {
    this.#set(id, undefined);
  }
  #set(id: string, row: RowTypes[T] | undefined): void {
    const before = this.get(id);
    this.#nodes.put(this.#name, id, row);
    const now = this.get(id);
    if (now !== before) this.#changed(before, now);
  }
  clear(): void {
    for (const { id } of this.values()) this.delete(id);
  }
  /** Every row: as slow as there are many. */
  *values(): Generator<RowTypes[T]> {
    for (const { rows } of this.#nodes.all()) if (rows[this.#name] !== undefined) yield rows[this.#name] as RowTypes[T];
  }
  *keys(): Generator<string> {
    for (const { id } of this.values()) yield id;
  }
  /** What lies in a folder. */
  children(parentId: string): RowTypes[T][] {
    return this.#nodes.children(this.#name, parentId);
  }
  /** What has a name (in any case or spelling) in a folder. */
  occupants(parentId: string, name: string): RowTypes[T][] {
    return this.#nodes.occupants(this.#name, parentId, name);
  }
}
