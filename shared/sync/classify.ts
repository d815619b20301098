import type { PlanOptions } from './plan.ts';
import type { LocalNode, RemoteNode, SyncedNode, Trees } from './tree.ts';
import { samePlace, tokenHash } from './tree.ts';

/** What is to become of one node, before anything is said about order. Absent parts: nothing to do. */
export interface Fate {
  readonly book?: 'agree' | 'forget' | 'renew' | 'release';
  /** `follow`: the server's place; `settle`: remote and local agree already on a new place. */
  readonly here?: 'create' | 'move' | 'delete';
  readonly there?: 'create' | 'move' | 'delete';
  readonly content?: 'write' | 'update' | 'fork' | 'hash';
  /** Gone from the server's answers without a tombstone: nothing is concluded. */
  readonly held?: true;
}

const nothing: Fate = {};

/** Says what is to become of each node of three trees, by the rules of SYNC.md 1.4. Pure; results are kept per instance. */
export class Classifier {
  readonly #trees: Trees;
  readonly #live = new Map<string, boolean>();
  readonly #movedThere = new Map<string, boolean>();
  readonly #movedHere = new Map<string, boolean>();
  readonly #fates = new Map<string, Fate>();
  /** Folders deleted on the server that something here still needs, and the other way round. */
  readonly #neededHere = new Set<string>();
  readonly #neededThere = new Set<string>();
  /** Folders that are only on the server, and that something here follows into. */
  readonly #followed = new Set<string>();
  readonly #wanted: NonNullable<PlanOptions['wanted']>;

  constructor(trees: Trees, ids: readonly string[], wanted: NonNullable<PlanOptions['wanted']> = () => true) {
    this.#trees = trees;
    this.#wanted = wanted;
    for (const id of ids) this.#markNeeds(id);
  }

  /** The server's node, when neither it nor a folder above it is in the trash. */
  remote(id: string): RemoteNode | undefined {
    const node = this.#trees.remote.get(id);
    return node !== undefined && this.#isLive(id) ? node : undefined;
  }

  fate(id: string): Fate {
    let fate = this.#fates.get(id);
    if (fate === undefined) {
      fate = this.#decide(id);
      this.#fates.set(id, fate);
    }
    return fate;
  }

  #isLive(id: string): boolean {
    const known = this.#live.get(id);
    if (known !== undefined) return known;
    const node = this.#trees.remote.get(id);
    this.#live.set(id, false);
    const live =
      node !== undefined && !node.trashed && (id === this.#trees.rootId || (node.parentId !== null && this.#isLive(node.parentId)));
    this.#live.set(id, live);
    return live;
  }

  /** Moved on the server since both agreed, or deleted here together with a folder that was. */
  #rescuedThere(id: string): boolean {
    const known = this.#movedThere.get(id);
    if (known !== undefined) return known;
    this.#movedThere.set(id, false);
    const remote = this.remote(id);
    const synced = this.#trees.synced.get(id);
    let rescued = false;
    if (remote !== undefined && synced !== undefined && !this.#trees.local.has(id)) {
      rescued = !samePlace(remote, synced) || (synced.parentId !== null && this.#rescuedThere(synced.parentId));
    }
    this.#movedThere.set(id, rescued);
    return rescued;
  }

  /** Moved here since both agreed, or deleted on the server together with a folder that was. */
  #rescuedHere(id: string): boolean {
    const known = this.#movedHere.get(id);
    if (known !== undefined) return known;
    this.#movedHere.set(id, false);
    const local = this.#trees.local.get(id);
    const synced = this.#trees.synced.get(id);
    let rescued = false;
    if (local !== undefined && synced !== undefined && this.remote(id) === undefined) {
      rescued = !samePlace(local, synced) || (synced.parentId !== null && this.#rescuedHere(synced.parentId));
    }
    this.#movedHere.set(id, rescued);
    return rescued;
  }

  #editedThere = (remote: RemoteNode, synced: SyncedNode): boolean => remote.kind === 'file' && remote.content !== synced.content;
  #editedHere = (local: LocalNode, synced: SyncedNode): boolean =>
    local.kind === 'file' && local.content !== null && local.content !== synced.content;

  /** Whoever stays, or comes back, at its place on one side needs the folders above it there. */
  #markNeeds(id: string): void {
    const { local, synced } = this.#trees;
    const r = this.remote(id);
    const l = local.get(id);
    const s = synced.get(id);
    if (r !== undefined && id !== this.#trees.rootId) {
      const staysThere = s === undefined || !samePlace(r, s) || (l === undefined && (this.#editedThere(r, s) || this.#rescuedThere(id)));
      if (staysThere) this.#needThere(r.parentId);
    }
    if (l !== undefined && id !== this.#trees.rootId) {
      const movedHereOnly = r !== undefined && s !== undefined && samePlace(r, s) && !samePlace(l, s);
      const survives = r === undefined && (s === undefined || this.#editedHere(l, s) || this.#rescuedHere(id));
      if (movedHereOnly || survives) this.#needHere(l.parentId);
      for (let at = r?.parentId ?? null; at !== null && !local.has(at) && !this.#followed.has(at);) {
        this.#followed.add(at);
        at = this.remote(at)?.parentId ?? null;
      }
    }
  }

  #needThere(from: string | null): void {
    for (let id = from; id !== null && !this.#neededThere.has(id);) {
      if (this.#trees.local.has(id)) return;
      this.#neededThere.add(id);
      id = this.remote(id)?.parentId ?? null;
    }
  }

  #needHere(from: string | null): void {
    for (let id = from; id !== null && !this.#neededHere.has(id);) {
      if (this.remote(id) !== undefined) return;
      this.#neededHere.add(id);
      id = this.#trees.local.get(id)?.parentId ?? null;
    }
  }

  #decide(id: string): Fate {
    if (id === this.#trees.rootId) return nothing;
    const r = this.remote(id);
    const l = this.#trees.local.get(id);
    const s = this.#trees.synced.get(id);
    if (r !== undefined && l !== undefined) return s === undefined ? this.#meet(r, l) : this.#compare(r, l, s);
    if (r !== undefined) {
      if (s === undefined) return this.#followed.has(id) || this.#wanted(id, r.parentId) ? { here: 'create' } : nothing;
      const comesBack = this.#editedThere(r, s) || this.#rescuedThere(id) || this.#neededThere.has(id);
      return comesBack ? { book: 'release' } : { there: 'delete' };
    }
    if (l === undefined) return s === undefined ? nothing : { book: 'forget' };
    const tombstone = this.#trees.remote.has(id);
    if (s === undefined) return tombstone ? { book: 'renew' } : { there: 'create' };
    if (!tombstone) return { held: true };
    if (this.#editedHere(l, s) || this.#rescuedHere(id) || this.#neededHere.has(id)) return { book: 'renew' };
    return l.kind === 'file' && l.content === null ? { content: 'hash' } : { here: 'delete' };
  }

  /** Both sides have it, nothing was agreed yet: the server's place holds, equal bytes are silently agreed on. */
  #meet(r: RemoteNode, l: LocalNode): Fate {
    const place: Fate = samePlace(r, l) ? nothing : { here: 'move' };
    if (l.kind === 'file' && l.content === null) return { ...place, content: 'hash' };
    if (l.kind === 'file' && l.content !== r.content) {
      return { ...place, content: tokenHash(l.content!) === tokenHash(r.content!) ? 'write' : 'fork' };
    }
    return place.here === undefined ? { book: 'agree' } : place;
  }

  #compare(r: RemoteNode, l: LocalNode, s: SyncedNode): Fate {
    const place: Fate = samePlace(r, l) ? nothing : samePlace(r, s) ? { there: 'move' } : { here: 'move' };
    const content = this.#compareContent(r, l, s);
    if (place.here === undefined && place.there === undefined && content === undefined) {
      return samePlace(r, s) && r.content === s.content && r.version === s.version ? nothing : { book: 'agree' };
    }
    return content === undefined ? place : { ...place, content };
  }

  #compareContent(r: RemoteNode, l: LocalNode, s: SyncedNode): Fate['content'] {
    if (r.kind === 'folder') return undefined;
    const there = r.content !== s.content;
    if (l.content === null) return there ? 'hash' : 'update';
    if (l.content === r.content) return undefined;
    if (!there) return 'update';
    if (l.content === s.content || tokenHash(l.content) === tokenHash(r.content!)) return 'write';
    return 'fork';
  }
}
