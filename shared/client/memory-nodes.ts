import type { Node } from '#shared/model/drive.ts';
import type { ClientStore } from './client-store.ts';

interface Kept {
  readonly node: Node;
  readonly place: number;
}

/** Nodes of cached folders in memory. Nodes are never changed by anybody, so they are handed out as they are. */
export class MemoryNodes {
  readonly #byId = new Map<string, Kept>();
  /** Ids by place, for each folder, with those that are there no more. */
  readonly #order = new Map<string, { readonly place: number; readonly id: string }[]>();
  readonly #undo: (undo: () => void) => void;
  #last = 0;

  /** @param undo is told how to take each change back */
  constructor(undo: (undo: () => void) => void) {
    this.#undo = undo;
  }

  readonly get: ClientStore['nodes']['get'] = (id) => this.#byId.get(id)?.node;

  readonly put: ClientStore['nodes']['put'] = (node) => {
    const before = this.#byId.get(node.id);
    const place = before?.place ?? (this.#last += 1);
    this.#byId.set(node.id, { node, place });
    const parentId = node.parentId ?? '';
    if (before === undefined || (before.node.parentId ?? '') !== parentId) this.#enter(parentId, place, node.id);
    this.#undo(() => (before === undefined ? this.#byId.delete(node.id) : this.#byId.set(node.id, before)));
  };

  readonly remove: ClientStore['nodes']['remove'] = (id) => {
    const before = this.#byId.get(id);
    if (before === undefined) return;
    this.#byId.delete(id);
    this.#undo(() => this.#byId.set(id, before));
  };

  readonly page: ClientStore['nodes']['page'] = (folderId, after, limit) => {
    const order = this.#order.get(folderId) ?? [];
    const nodes: Node[] = [];
    let last = after;
    for (let at = firstAfter(order, after); at < order.length; at += 1) {
      const { id, place } = order[at]!;
      const kept = this.#byId.get(id);
      if (kept === undefined || kept.place !== place || kept.node.parentId !== folderId) continue;
      if (nodes.length === limit) return { nodes, after: last };
      nodes.push(kept.node);
      last = place;
    }
    return { nodes, after: null };
  };

  readonly removeFolder: ClientStore['nodes']['removeFolder'] = (folderId) => {
    for (const { id } of this.#order.get(folderId) ?? []) if (this.#byId.get(id)?.node.parentId === folderId) this.remove(id);
    const before = this.#order.get(folderId);
    this.#order.delete(folderId);
    if (before !== undefined) this.#undo(() => this.#order.set(folderId, before));
  };

  /** Places grow, but a node that moved here brings the one it had. */
  #enter(folderId: string, place: number, id: string): void {
    const order = this.#order.get(folderId) ?? [];
    this.#order.set(folderId, order);
    const at = firstAfter(order, place - 1);
    if (order[at]?.place === place) return;
    if (at === order.length) order.push({ place, id });
    else order.splice(at, 0, { place, id });
  }
}

/** The index of the first entry behind a place. */
function firstAfter(order: readonly { readonly place: number }[], after: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order[middle]!.place <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
