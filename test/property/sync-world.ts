import { assert } from '#shared/base/assert.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { PlanOptions, Step } from '#shared/sync/plan.ts';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { LocalNode, Place, RemoteNode, SyncedNode, Trees } from '#shared/sync/tree.ts';

/** A world of one server and some clients, all in memory, in which planned steps succeed unless their preconditions fail. */
export const rootId = 'root';
const rootFolder = { id: rootId, parentId: null, name: '', kind: 'folder' as const, content: null };

export interface Tokens {
  /** Every content a person ever wrote. */
  readonly written: Set<string>;
  /** Those that a person overwrote or deleted where it lay before their eyes. */
  readonly superseded: Set<string>;
}

type Nodes<N> = Map<string, N>;
const isWithin = (nodes: ReadonlyMap<string, Place>, id: string, folder: string): boolean => {
  for (let at: string | null = id; at !== null; at = nodes.get(at)?.parentId ?? null) if (at === folder) return true;
  return false;
};
const occupantOf = <N extends Place & { id: string }>(nodes: Iterable<N>, to: Place): N | undefined => {
  for (const node of nodes) if (node.parentId === to.parentId && foldedName(node.name) === foldedName(to.name)) return node;
  return undefined;
};

export class SimServer {
  readonly nodes: Nodes<RemoteNode> = new Map([[rootId, { ...rootFolder, version: 0, sizeBytes: 0, trashed: false }]]);
  mutations = 0;

  live(): RemoteNode[] {
    return [...this.nodes.values()].filter((node) => !node.trashed);
  }

  #legal(id: string, to: Place): boolean {
    const parent = to.parentId === null ? undefined : this.nodes.get(to.parentId);
    const occupant = occupantOf(this.live(), to);
    return (
      parent?.kind === 'folder' && !parent.trashed && (occupant === undefined || occupant.id === id) && !isWithin(this.nodes, parent.id, id)
    );
  }

  create(id: string, to: Place, kind: 'folder' | 'file', content: string | null): RemoteNode | null {
    if (this.nodes.has(id) || !this.#legal(id, to)) return null;
    return this.#put({ id, ...to, kind, content, version: kind === 'file' ? 1 : 0, sizeBytes: 1, trashed: false });
  }
  move(id: string, to: Place): RemoteNode | null {
    const node = this.nodes.get(id);
    return node === undefined || node.trashed || !this.#legal(id, to) ? null : this.#put({ ...node, ...to });
  }
  update(id: string, baseVersion: number, content: string): RemoteNode | null {
    const node = this.nodes.get(id);
    if (node === undefined || node.trashed || node.version !== baseVersion) return null;
    return this.#put({ ...node, content, version: baseVersion + 1 });
  }
  /** Deletes a file, or a folder with all that `seen` knows to lie in it: refused where there is anything else. */
  remove(id: string, baseVersion: number, seen: Trees['remote']): RemoteNode | null {
    const node = this.nodes.get(id);
    if (node === undefined || node.trashed || node.version !== baseVersion) return null;
    const below = this.live().filter((other) => other.id !== id && isWithin(this.nodes, other.id, id));
    if (below.some((other) => seen.get(other.id) !== other)) return null;
    for (const other of below) this.nodes.set(other.id, { ...other, trashed: true });
    return this.#put({ ...node, trashed: true });
  }
  #put(node: RemoteNode): RemoteNode {
    this.mutations += 1;
    this.nodes.set(node.id, node);
    return node;
  }
}

export class SimClient {
  readonly name: string;
  readonly server: SimServer;
  local: Nodes<LocalNode> = new Map([[rootId, { ...rootFolder, sizeBytes: 0 }]]);
  synced: Nodes<SyncedNode> = new Map([[rootId, { ...rootFolder, version: 0 }]]);
  remote: Nodes<RemoteNode> = new Map();
  /** What the disk really holds, also where the engine has not read it. */
  readonly bytes = new Map<string, string>();
  forks = 0;
  #lastId = 0;

  constructor(name: string, server: SimServer) {
    this.name = name;
    this.server = server;
  }

  pull(): void {
    this.remote = new Map(this.server.nodes);
  }
  newId(): string {
    return `${this.name}${(this.#lastId += 1)}`;
  }
  trees(): Trees {
    return { rootId, remote: this.remote, local: this.local, synced: this.synced };
  }
  options(more: Partial<PlanOptions> = {}): PlanOptions {
    return {
      verdict: () => null,
      writable: true,
      frozen: new Set(),
      hold: { here: false, there: false },
      conflictLabel: `${this.name} t`,
      ...more,
    };
  }

  /** Carries out one step as the engine would: nothing happens where the world is no longer what the plan saw. Returns whether it did. */
  apply(step: Step, seen: Trees): boolean {
    const local = this.local.get(step.id);
    const planned = seen.local.get(step.id);
    const remote = this.remote.get(step.id);
    const unchanged = local?.content === planned?.content;
    switch (step.kind) {
      case 'agree':
        assert(remote !== undefined && local !== undefined, 'agree: both exist');
        return this.#agree(remote);
      case 'forget':
        return this.synced.delete(step.id);
      case 'release':
        return this.synced.delete(step.id);
      case 'adopt':
        return this.#rename(step.localId, step.id);
      case 'renew':
        this.synced.delete(step.id);
        return this.#rename(step.id, this.newId(), true);
      case 'hash':
        if (local === undefined) return false;
        this.local.set(step.id, { ...local, content: this.bytes.get(step.id)! });
        return true;
      case 'make_folder':
        return remote !== undefined && this.#canPlace(step.id, step.to) && this.#land(remote, step.to);
      case 'write': {
        if (remote === undefined) return false;
        if (step.to !== null) return local === undefined && this.#canPlace(step.id, step.to) && this.#land(remote, step.to);
        if (local === undefined || !unchanged || local.content !== this.bytes.get(step.id)) return false;
        return this.#land(remote, local);
      }
      case 'fork': {
        if (local === undefined || remote === undefined || !unchanged || local.content !== this.bytes.get(step.id)) return false;
        const aside: Place = { parentId: local.parentId, name: step.name };
        if (occupantOf(this.local.values(), aside) !== undefined) return false;
        this.forks += 1;
        const id = this.newId();
        this.local.set(id, { ...local, id, ...aside });
        this.bytes.set(id, local.content);
        return this.#land(remote, local);
      }
      case 'move_here': {
        if (local === undefined || planned === undefined || local.parentId !== planned.parentId || local.name !== planned.name)
          return false;
        if (!this.#canPlace(step.id, step.to)) return false;
        this.local.set(step.id, { ...local, ...step.to });
        const synced = this.synced.get(step.id);
        if (synced !== undefined && remote !== undefined && remote.parentId === step.to.parentId && remote.name === step.to.name) {
          this.synced.set(step.id, { ...synced, ...step.to });
        }
        return true;
      }
      case 'delete_here': {
        if (local === undefined || !unchanged) return false;
        if (local.kind === 'file' && this.bytes.get(step.id) !== this.synced.get(step.id)?.content) return false;
        if ([...this.local.values()].some(({ parentId }) => parentId === step.id)) return false;
        this.local.delete(step.id);
        this.bytes.delete(step.id);
        return this.synced.delete(step.id);
      }
      case 'create_folder':
      case 'create_file': {
        if (local === undefined || local.parentId !== step.to.parentId || local.name !== step.to.name) return false;
        const made = this.server.create(step.id, step.to, local.kind, this.#read(local));
        return made !== null && this.#committed(made, local);
      }
      case 'update': {
        if (local === undefined) return false;
        const content = this.#read(local)!;
        if (content === this.synced.get(step.id)?.content) return true;
        const made = this.server.update(step.id, step.baseVersion, content);
        if (made === null) return false;
        this.remote.set(made.id, made);
        const synced = this.synced.get(step.id)!;
        this.synced.set(step.id, { ...synced, content, version: made.version });
        return true;
      }
      case 'move_there': {
        const made = this.server.move(step.id, step.to);
        const synced = this.synced.get(step.id);
        if (made === null || synced === undefined) return false;
        this.remote.set(made.id, made);
        this.synced.set(step.id, { ...synced, ...step.to });
        return true;
      }
      case 'delete_there': {
        const made = this.server.remove(step.id, step.baseVersion, seen.remote);
        if (made === null) return false;
        for (const node of this.server.nodes.values()) if (node.trashed) this.remote.set(node.id, node);
        return this.synced.delete(step.id);
      }
    }
  }

  #read(local: LocalNode): string | null {
    if (local.kind === 'folder') return null;
    const content = this.bytes.get(local.id)!;
    if (local.content !== content) this.local.set(local.id, { ...local, content });
    return content;
  }
  #committed(made: RemoteNode, local: LocalNode): true {
    this.remote.set(made.id, made);
    this.synced.set(made.id, {
      id: made.id,
      parentId: made.parentId,
      name: made.name,
      kind: local.kind,
      content: made.content,
      version: made.version,
    });
    return true;
  }
  #agree({ id, parentId, name, kind, content, version }: RemoteNode): true {
    this.synced.set(id, { id, parentId, name, kind, content, version });
    return true;
  }
  #canPlace(id: string, to: Place): boolean {
    const parent = to.parentId === null ? undefined : this.local.get(to.parentId);
    const occupant = occupantOf(this.local.values(), to);
    return parent?.kind === 'folder' && (occupant === undefined || occupant.id === id) && !isWithin(this.local, parent.id, id);
  }
  #land(remote: RemoteNode, to: Place): true {
    const { id, kind, content } = remote;
    this.local.set(id, { id, parentId: to.parentId, name: to.name, kind, content, sizeBytes: 1 });
    if (content !== null) this.bytes.set(id, content);
    const synced = this.synced.get(id);
    const { parentId, name } = synced !== undefined && !(to.parentId === remote.parentId && to.name === remote.name) ? synced : remote;
    this.synced.set(id, { id, parentId, name, kind, content, version: remote.version });
    return true;
  }
  #rename(from: string, to: string, syncedToo = false): true {
    const node = this.local.get(from);
    assert(node !== undefined && !this.local.has(to), 'a local thing takes a free id');
    this.local.delete(from);
    this.local.set(to, { ...node, id: to });
    const content = this.bytes.get(from);
    this.bytes.delete(from);
    if (content !== undefined) this.bytes.set(to, content);
    for (const child of this.local.values()) if (child.parentId === from) this.local.set(child.id, { ...child, parentId: to });
    if (!syncedToo) return true;
    for (const child of this.synced.values()) if (child.parentId === from) this.synced.set(child.id, { ...child, parentId: to });
    return true;
  }

  /** Plans and applies one round; `between` may let people act between two steps. Returns how many steps there were. */
  round(
    order: (steps: readonly Step[]) => readonly Step[],
    between: () => void = () => undefined,
    options: Partial<PlanOptions> = {},
  ): number {
    this.pull();
    const seen: Trees = { rootId, remote: new Map(this.remote), local: new Map(this.local), synced: new Map(this.synced) };
    const { steps } = reconcile(seen, this.options(options));
    const isBook = ({ kind }: Step): boolean => ['agree', 'forget', 'adopt', 'renew', 'release'].includes(kind);
    const renewed = new Map<string, LocalNode | undefined>();
    for (const step of order(steps.filter(isBook))) this.apply(step, seen);
    for (const step of steps) renewed.set(step.id, this.local.get(step.id));
    for (const step of order(steps.filter((candidate) => !isBook(candidate)))) {
      between();
      this.apply(step, { ...seen, local: renewed as Trees['local'] });
    }
    return steps.length;
  }
}

/** What people see: paths and contents. */
export function visible(nodes: ReadonlyMap<string, Place & { kind: string; content: string | null }>): string[] {
  const path = (id: string): string => {
    const node = nodes.get(id)!;
    return node.parentId === null ? '' : `${path(node.parentId)}/${node.name}`;
  };
  return [...nodes.keys()].map((id) => `${path(id)} ${nodes.get(id)!.content ?? '(folder)'}`).sort();
}
