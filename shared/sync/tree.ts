import { foldedName } from '#shared/model/node-name.ts';

/** Where a node lies. */
export interface Place {
  readonly parentId: string | null;
  readonly name: string;
}

interface TreeNode extends Place {
  readonly id: string;
  readonly kind: 'folder' | 'file';
  /**
   * What a file holds, as a token made by `contentToken`; null for folders. Two files hold the same exactly when their tokens are equal.
   * In the local tree null also means: not read yet.
   */
  readonly content: string | null;
}

/** What the server says. A trashed node stays as the tombstone that deletions need. */
export interface RemoteNode extends TreeNode {
  readonly version: number;
  readonly sizeBytes: number;
  readonly trashed: boolean;
}

/** What the disk says, under the server's names. New things have ids of this client's own minting. */
export interface LocalNode extends TreeNode {
  readonly sizeBytes: number;
  /** A folder that directly holds something that is never synced (a link, a socket): it cannot be removed. */
  readonly foreign?: boolean;
}

/** What both last agreed on. */
export interface SyncedNode extends TreeNode {
  readonly version: number;
}

/** Nodes by their ids: a `Map`, or something that reads them from where they are kept. */
export interface NodeMap<N> {
  readonly size: number;
  get(id: string): N | undefined;
  has(id: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<N>;
}

/** The three trees, by node id. The root folder is in all of them under the same id. */
export interface Trees {
  readonly rootId: string;
  readonly remote: NodeMap<RemoteNode>;
  readonly local: NodeMap<LocalNode>;
  readonly synced: NodeMap<SyncedNode>;
  /** Where the trees are large and kept in order: what a plan needs so as not to go through all of them. Missing: it does. */
  readonly near?: Near;
}

/** What one tree has in folders. */
export interface Siblings<N> {
  children(parentId: string): readonly N[];
  /** Who has that name (in any case or spelling) in the folder. */
  occupant(parentId: string, name: string): N | undefined;
}

/**
 * The part of three trees that a plan has to look at. `open` are at least: all that is not the same in all three trees, and all that lies on the server in a
 * folder of which that is true. A plan made with it is the one that would be made of everything; a property test holds them against each other.
 */
export interface Near {
  readonly open: readonly string[];
  readonly local: Siblings<LocalNode>;
  /** Trashed ones too. */
  readonly remote: Siblings<RemoteNode>;
}

/** The token of a file's content: its hash, marked when it is executable. */
export const contentToken = (contentHash: string, executable: boolean): string => (executable ? `${contentHash}+x` : contentHash);
/** The hash in a token. */
export const tokenHash = (token: string): string => (token.endsWith('+x') ? token.slice(0, -2) : token);

export const samePlace = (a: Place, b: Place): boolean => a.parentId === b.parentId && a.name === b.name;

/** Children of folders by folded name, made for a folder when it is first asked for. */
export class ChildIndex<N extends TreeNode> implements Siblings<N> {
  readonly #byParent = new Map<string, N[]>();
  readonly #byName = new Map<string, Map<string, N>>();

  constructor(nodes: Iterable<N>, counts: (node: N) => boolean) {
    for (const node of nodes) {
      if (node.parentId === null || !counts(node)) continue;
      const siblings = this.#byParent.get(node.parentId);
      if (siblings === undefined) this.#byParent.set(node.parentId, [node]);
      else siblings.push(node);
    }
  }

  children(parentId: string): readonly N[] {
    return this.#byParent.get(parentId) ?? [];
  }

  occupant(parentId: string, name: string): N | undefined {
    let names = this.#byName.get(parentId);
    if (names === undefined) {
      names = new Map(this.children(parentId).map((node) => [foldedName(node.name), node]));
      this.#byName.set(parentId, names);
    }
    return names.get(foldedName(name));
  }
}

/** Of others' children those that count, each asked for once. */
export class CountedSiblings<N extends TreeNode> implements Siblings<N> {
  readonly #all: Siblings<N>;
  readonly #counts: (node: N) => boolean;
  readonly #children = new Map<string, readonly N[]>();

  constructor(all: Siblings<N>, counts: (node: N) => boolean) {
    this.#all = all;
    this.#counts = counts;
  }

  children(parentId: string): readonly N[] {
    let children = this.#children.get(parentId);
    if (children === undefined) {
      children = this.#all.children(parentId).filter(this.#counts);
      this.#children.set(parentId, children);
    }
    return children;
  }

  occupant(parentId: string, name: string): N | undefined {
    const found = this.#all.occupant(parentId, name);
    if (found === undefined || this.#counts(found)) return found;
    // One that does not count (it is in the trash) may hide one that does.
    const folded = foldedName(name);
    return this.children(parentId).find((node) => foldedName(node.name) === folded);
  }
}

/** The ids from `id` up to the root, itself included; stops where a parent is unknown. Throws nothing on cycles: it ends at the repeat. */
export function* ancestry(id: string, parentOf: (id: string) => string | null | undefined): Generator<string> {
  const seen = new Set<string>();
  for (let at: string | null | undefined = id; at !== null && at !== undefined && !seen.has(at); at = parentOf(at)) {
    seen.add(at);
    yield at;
  }
}
