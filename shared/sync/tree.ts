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
}

/** The token of a file's content: its hash, marked when it is executable. */
export const contentToken = (contentHash: string, executable: boolean): string => (executable ? `${contentHash}+x` : contentHash);
/** The hash in a token. */
export const tokenHash = (token: string): string => (token.endsWith('+x') ? token.slice(0, -2) : token);

export const samePlace = (a: Place, b: Place): boolean => a.parentId === b.parentId && a.name === b.name;

/** Children of folders by folded name, made for a folder when it is first asked for. */
export class ChildIndex<N extends TreeNode> {
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

  /** Who has that name (in any case or spelling) in the folder. */
  occupant(parentId: string, name: string): N | undefined {
    let names = this.#byName.get(parentId);
    if (names === undefined) {
      names = new Map(this.children(parentId).map((node) => [foldedName(node.name), node]));
      this.#byName.set(parentId, names);
    }
    return names.get(foldedName(name));
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
