/** Where a thing was or is: what a move changes. */
export interface Place {
  readonly parentId: string;
  readonly name: string;
}
export interface MovedItem {
  readonly nodeId: string;
  readonly from: Place;
  readonly to: Place;
}

/** Something a person did in a space and may take back. */
export type Done =
  | { readonly kind: 'move' | 'rename'; readonly spaceId: string; readonly items: readonly MovedItem[] }
  | { readonly kind: 'delete'; readonly spaceId: string; readonly nodeIds: readonly string[] }
  /** `nodeIds` are the copies. */
  | { readonly kind: 'copy'; readonly spaceId: string; readonly nodeIds: readonly string[] };

export type UndoStep =
  | { readonly kind: 'move'; readonly spaceId: string; readonly nodeId: string; readonly to: Place }
  | { readonly kind: 'restore' | 'delete'; readonly spaceId: string; readonly nodeIds: readonly string[] };

/** The steps that take `done` back, in the reverse order, so that names are free again when they are needed. */
export function undoSteps(done: Done): readonly UndoStep[] {
  if (done.kind === 'delete') return [{ kind: 'restore', spaceId: done.spaceId, nodeIds: done.nodeIds }];
  if (done.kind === 'copy') return [{ kind: 'delete', spaceId: done.spaceId, nodeIds: done.nodeIds }];
  return done.items.toReversed().map(({ nodeId, from }) => ({ kind: 'move', spaceId: done.spaceId, nodeId, to: from }));
}

const mostRemembered = 20;

/** What was done, newest last; each is taken back once. */
export class UndoHistory {
  #entries: Done[] = [];

  push(done: Done): void {
    this.#entries = [...this.#entries.slice(1 - mostRemembered), done];
  }

  /** Takes out the newest, or the one given if it is still there. */
  take(done?: Done): Done | null {
    const wanted = done ?? this.#entries.at(-1);
    if (wanted === undefined || !this.#entries.includes(wanted)) return null;
    this.#entries = this.#entries.filter((entry) => entry !== wanted);
    return wanted;
  }
}
