import type { SyncNodeState } from '#shared/contract/sync-keeping.ts';
import { keepOf, wantedHere, type Keep } from '#shared/sync/keeping.ts';
import { ancestry } from '#shared/sync/tree.ts';
import { parentIn } from './root-path.ts';
import type { RootEngine } from './root-engine.ts';
import type { RemoteRow } from './rows.ts';

export interface NodeState {
  readonly nodeId: string;
  readonly state: SyncNodeState;
  readonly reason?: string;
  readonly keep?: Keep;
}

/** Whether a pair has a node of the server in it, as far as it knows. */
export function covers({ record, store }: RootEngine, nodeId: string): boolean {
  if (nodeId === record.topId) return true;
  const parentOf = (id: string) => store.remote.get(id)?.parentId;
  for (const at of ancestry(nodeId, parentOf)) if (at === record.topId) return store.remote.get(nodeId)?.trashed === false;
  return false;
}

/** How many files of the pair are on the server alone. Looks at all of them. */
export function countOnlineOnly({ record, store }: RootEngine): number {
  const inside = new Map<string, boolean>([[record.topId, true]]);
  const isInside = (id: string): boolean => {
    const known = inside.get(id);
    if (known !== undefined) return known;
    const node = store.remote.get(id);
    const is = node !== undefined && !node.trashed && node.parentId !== null && isInside(node.parentId);
    inside.set(id, is);
    return is;
  };
  let count = 0;
  for (const { rows } of store.nodes.all()) {
    const { remote, local } = rows;
    if (remote?.kind !== 'file' || remote.trashed || local !== undefined || remote.parentId === null) continue;
    if (isInside(remote.parentId)) count += 1;
  }
  return count;
}

/** How what lies in a folder stands on this PC (EXP-07). Looks at the asked rows only, and below folders as far as it takes to tell. */
export function statesIn(engine: RootEngine, folderId: string): NodeState[] {
  const looker = new Looker(engine);
  return engine.store.nodes
    .knownChildren(folderId)
    .flatMap(({ rows: { remote, local } }) =>
      remote === undefined || remote.trashed ? [] : [looker.stateOf(remote, local !== undefined)],
    );
}

class Looker {
  readonly #engine: RootEngine;
  readonly #keepOf: (id: string) => Keep;
  readonly #wanted: (id: string, parentId: string | null) => boolean;
  /** What is to be done, has failed, or is left alone, by id; and the folders above those, and above decisions. */
  readonly #trouble = new Map<string, { state: SyncNodeState; reason?: string }>();
  readonly #mixedAbove = new Set<string>();

  constructor(engine: RootEngine) {
    this.#engine = engine;
    const { record, store, keeping, plan, failures, progress } = engine;
    const input = { topId: record.topId, rows: keeping.rows, keep: record.keep ?? 'always' } as const;
    const parentOf = parentIn(store);
    this.#keepOf = keepOf({ ...input, parentOf });
    this.#wanted = wantedHere({ ...input, remote: store.remote }) ?? (() => true);
    const isMoving = engine.working && engine.halted === null && engine.connection === 'online';
    for (const { id } of isMoving || !engine.isCalm ? (plan?.steps ?? []) : [])
      this.#trouble.set(id, { state: isMoving ? 'syncing' : 'waiting' });
    for (const { id } of progress.running) this.#trouble.set(id, { state: 'syncing' });
    for (const { id, reason } of plan?.skipped ?? []) this.#trouble.set(id, { state: 'not_synced', reason });
    for (const { id, reason, quiet } of failures?.all ?? []) if (!quiet) this.#trouble.set(id, { state: 'failed', reason });
    for (const id of [...this.#trouble.keys(), ...keeping.rows.keys()]) {
      for (const at of ancestry(id, parentOf)) {
        if (at !== id && this.#mixedAbove.has(at)) break;
        if (at !== id) this.#mixedAbove.add(at);
      }
    }
  }

  stateOf(row: RemoteRow, isHere: boolean): NodeState {
    const trouble = this.#trouble.get(row.id);
    const keep = this.#engine.keeping.rows.get(row.id)?.keep ?? undefined;
    const own = keep === undefined ? {} : { keep };
    const isOwn = trouble?.state === 'failed' || trouble?.state === 'not_synced';
    if (row.kind === 'folder' && !isOwn) return { nodeId: row.id, state: this.#folder(row, isHere), ...own };
    const found = this.#file(row, isHere);
    return { nodeId: row.id, state: found.state, ...(found.reason === undefined ? {} : { reason: found.reason }), ...own };
  }

  /** What counts for something in a folder: looked for above it once for all that lie there. */
  #keepIn({ id, parentId }: RemoteRow): Keep {
    return this.#engine.keeping.rows.get(id)?.keep ?? this.#keepOf(parentId ?? id);
  }

  #file(row: RemoteRow, isHere: boolean): { state: SyncNodeState; reason?: string } {
    const trouble = this.#trouble.get(row.id);
    if (trouble !== undefined) return trouble;
    const keep = this.#keepIn(row);
    if (isHere) return { state: keep === 'always' ? 'always' : 'temporary' };
    if (!this.#wanted(row.id, row.parentId)) return { state: 'online_only' };
    return { state: this.#engine.working ? 'syncing' : 'waiting' };
  }

  /** Of all that lies in a folder: one state where all have it, `syncing` or `failed` before `mixed`. */
  #folder(row: RemoteRow, isHere: boolean): SyncNodeState {
    const keep = this.#keepIn(row);
    if (!this.#mixedAbove.has(row.id)) {
      if (keep === 'always') return isHere ? 'always' : this.#engine.working ? 'syncing' : 'waiting';
      if (!isHere) return 'online_only';
    }
    const states = new Set<SyncNodeState>();
    this.#collect(row.id, states);
    if (states.has('failed')) return 'failed';
    if (states.has('syncing')) return 'syncing';
    if (states.has('waiting')) return 'waiting';
    states.delete('not_synced');
    if (states.size > 1) return 'mixed';
    const [only] = states;
    return only ?? (keep === 'always' ? 'always' : isHere ? 'temporary' : 'online_only');
  }

  /** Ends early where it can no longer change the answer: only parts with something to tell are looked through to their end. */
  #collect(folderId: string, states: Set<SyncNodeState>): void {
    const isQuiet = !this.#mixedAbove.has(folderId);
    for (const { rows } of this.#engine.store.nodes.knownChildren(folderId)) {
      const row = rows.remote!;
      const isHere = rows.local !== undefined;
      if (row.trashed) continue;
      if (isQuiet && states.size > 1) return;
      if (row.kind === 'file') states.add(this.#file(row, isHere).state);
      else if (this.#mixedAbove.has(row.id)) this.#collect(row.id, states);
      else if (isHere && this.#keepIn(row) === 'always') states.add('always');
      else if (!isHere) states.add(this.#file(row, isHere).state);
      else this.#collect(row.id, states);
    }
  }
}
