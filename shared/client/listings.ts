import type { Cursor, Node } from '#shared/model/drive.ts';
import type { CachedFolder, ClientStore } from './client-store.ts';

/** How many nodes go into one answer, and into one transaction: neither side stands still for longer than a moment. */
export const listingPage = 1_000;
/** Of how many changed nodes it is remembered, for each folder, that they changed. Whoever has seen less begins anew. */
const mostLogged = 200_000;

/** A part of what is in a folder. */
export interface ListingPart {
  readonly nodes: Node[];
  readonly gone: string[];
  readonly stamp: string;
  readonly more: boolean;
  readonly whole: boolean;
}

/** Cached folders, what lies in them, and what changed in them since somebody looked. */
export class Listings {
  readonly #store: ClientStore;
  /** Told apart from those of earlier runs, and of listings that were begun anew. */
  readonly #logs = new Map<string, { readonly name: string; readonly ids: string[] }>();
  readonly #run: string;
  #begun = 0;

  /** @param run a name that no earlier run had */
  constructor(store: ClientStore, run: string) {
    this.#store = store;
    this.#run = run;
  }

  folder(folderId: string): CachedFolder | undefined {
    return this.#store.folders.get(folderId);
  }

  /** How far the changes of a space are known; undefined before the first listing. */
  cursor(spaceId: string): Cursor | undefined {
    return this.#store.values.get(cursorName(spaceId)) as Cursor | undefined;
  }

  setCursor(spaceId: string, cursor: Cursor): void {
    this.#store.values.put(cursorName(spaceId), cursor);
  }

  putFolder(cached: CachedFolder): void {
    this.#store.folders.put(cached.folder.id, cached);
  }

  /** All that is cached of a folder, for callers that take it in one piece. */
  all(folderId: string): Node[] {
    const nodes: Node[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = this.#store.nodes.page(folderId, after, listingPage);
      nodes.push(...page.nodes);
      after = page.after;
    }
    return nodes;
  }

  /** Takes in nodes as the server has them now: each goes where it lies now, and leaves where it was. In one transaction. */
  apply(nodes: readonly Node[]): void {
    this.#store.refresh(() => {
      for (const node of nodes) this.#apply(node);
    });
  }

  /** Takes in the outcome of a change of our own, unless the space's changes are known beyond it. */
  applyOwn(nodes: readonly Node[]): void {
    this.apply(nodes.filter(({ spaceId, sequence }) => sequence > (this.cursor(spaceId)?.sequence ?? -1)));
  }

  /** Removes nodes of a folder that a new listing of it did not name. */
  retain(folderId: string, named: ReadonlySet<string>): void {
    for (let after: number | null = 0; after !== null;) {
      const page = this.#store.nodes.page(folderId, after, listingPage);
      after = page.after;
      const gone = page.nodes.filter(({ id }) => !named.has(id));
      if (gone.length > 0) this.#store.refresh(() => gone.forEach((node) => this.#remove(node)));
    }
  }

  /** Nothing that is cached of a space counts any more: its folders are listed anew when they are asked for. */
  doubt(spaceId: string): void {
    for (const cached of this.#store.folders.all()) {
      if (cached.folder.spaceId === spaceId && cached.complete) this.putFolder({ ...cached, complete: false });
    }
  }

  /** A folder is not there (any more). */
  forget(folderId: string): void {
    this.#store.refresh(() => {
      this.#store.folders.remove(folderId);
      this.#store.nodes.removeFolder(folderId);
    });
    this.#logs.delete(folderId);
  }

  /** What somebody who has `since` (empty: nothing) does not have yet, at most one page of it. */
  part(folderId: string, since: string): ListingPart {
    const log = this.#log(folderId);
    const [name, counted, place] = since.split('/');
    const isKnown = name === log.name;
    const from = isKnown ? Number(counted) : log.ids.length;
    if (isKnown && place === 'end') return this.#changed(folderId, log, from);
    const page = this.#store.nodes.page(folderId, isKnown ? Number(place) : 0, listingPage);
    const more = page.after !== null || log.ids.length > from;
    return { nodes: page.nodes, gone: [], stamp: `${log.name}/${from}/${page.after ?? 'end'}`, more, whole: !isKnown };
  }

  #changed(folderId: string, log: { readonly name: string; readonly ids: readonly string[] }, from: number): ListingPart {
    const ids = new Set(log.ids.slice(from, from + listingPage));
    const nodes: Node[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const node = this.#store.nodes.get(id);
      if (node?.parentId === folderId) nodes.push(node);
      else gone.push(id);
    }
    const reached = Math.min(log.ids.length, from + listingPage);
    return { nodes, gone, stamp: `${log.name}/${reached}/end`, more: reached < log.ids.length, whole: false };
  }

  #apply(node: Node): void {
    const before = this.#store.nodes.get(node.id);
    if (before !== undefined && before.sequence > node.sequence) return;
    if (node.kind === 'folder') this.#applyFolder(node);
    const isShown = !node.trashed && node.parentId !== null && this.folder(node.parentId) !== undefined;
    if (before !== undefined && before.parentId !== node.parentId) this.#note(before.parentId, node.id);
    if (isShown) {
      this.#store.nodes.put(lean(node));
      this.#note(node.parentId, node.id);
    } else if (before !== undefined) this.#remove(before);
  }

  /** The folder itself, and the ways that lead through it. */
  #applyFolder(node: Node): void {
    for (const cached of this.#store.folders.all()) {
      const step = cached.path.find(({ id }) => id === node.id);
      const isIt = cached.folder.id === node.id;
      if (step === undefined && !isIt) continue;
      const folder = isIt ? node : cached.folder;
      const path = cached.path.map((one) => (one.id === node.id ? { id: one.id, name: node.name } : one));
      // Where it lies now, and whether it can be seen at all, is asked of the server.
      const moved = node.trashed || this.#parentIn(cached, node.id) !== node.parentId;
      this.putFolder({ folder, path, complete: cached.complete && !moved });
    }
  }

  /** The parent of a folder on the way, as the way has it; undefined where it does not say. */
  #parentIn({ path, folder }: CachedFolder, id: string): string | null | undefined {
    if (folder.id === id) return folder.parentId;
    const at = path.findIndex((step) => step.id === id);
    return at === 0 ? null : path[at - 1]?.id;
  }

  #remove(node: Node): void {
    this.#store.nodes.remove(node.id);
    this.#note(node.parentId, node.id);
  }

  #note(folderId: string | null, id: string): void {
    const log = folderId === null ? undefined : this.#logs.get(folderId);
    if (log === undefined || folderId === null) return;
    log.ids.push(id);
    if (log.ids.length > mostLogged) this.#logs.delete(folderId);
  }

  #log(folderId: string): { readonly name: string; readonly ids: string[] } {
    const known = this.#logs.get(folderId);
    if (known !== undefined) return known;
    this.#begun += 1;
    const log = { name: `${this.#run}.${this.#begun}`, ids: [] };
    this.#logs.set(folderId, log);
    return log;
  }
}

const cursorName = (spaceId: string): string => `drive:${spaceId}`;

/** Without lists of chunks, which only transfers need: they ask the server. */
const lean = (node: Node): Node =>
  node.content === null || node.content.chunks === null ? node : { ...node, content: { ...node.content, chunks: [] } };
