import type { Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { folderRules, isRuled, judgeWay, type FolderRules, type NodeAccess } from '../content/node-access.ts';
import { restrictedIn } from '../content/scopes.ts';
import type { Reader } from '../content/space-access.ts';
import type { NodeRow } from './nodes.ts';
import { conflict, refused, toResult, type Outcome } from './outcome.ts';
import { asSeen } from './shown.ts';
import type { Tree } from './tree.ts';
import type { View } from './view.ts';

/** What folders of a space say by themselves. */
export interface SpaceRules {
  /** About the author. */
  readonly rules: FolderRules;
  /** Every folder that says anything. */
  readonly restricted: ReadonlySet<string>;
}

/** Reads them once for a batch. */
export async function spaceRules(database: Database, reader: Reader, { access }: View): Promise<SpaceRules> {
  if (!access.hasRules) return { rules: new Map(), restricted: new Set() };
  const rules: FolderRules = isRuled(access) ? await folderRules(database, reader, [access.spaceId]) : new Map();
  return { rules, restricted: await restrictedIn(database, reader.tenantId, [access.spaceId]) };
}

/**
 * What the author of a batch may do where (DRV-07), by the tree as it stands in the midst of the batch. In a space where no folder says
 * anything by itself it costs nothing.
 */
export class Guard {
  readonly view: View;
  /** Folders that say by themselves who may do what: content below them is not of the scope above. */
  readonly restricted: ReadonlySet<string>;
  readonly #tree: Tree;
  readonly #rules: FolderRules;

  constructor(tree: Tree, view: View, { rules, restricted }: SpaceRules) {
    this.#tree = tree;
    this.view = view;
    this.restricted = restricted;
    this.#rules = rules;
  }

  /** Whether folders say anything by themselves in the space. */
  get hasRules(): boolean {
    return this.view.access.hasRules;
  }

  /** What the author may do with a node; null where they cannot see it in this view. */
  async access(row: NodeRow): Promise<NodeAccess | null> {
    const { access, permission, id } = this.view;
    if (!isRuled(access)) return { permission, spaceId: access.spaceId, viewId: id, viewPermission: permission, hasRules: access.hasRules };
    const found = judgeWay(access, this.#rules, await this.#way(row));
    return found?.viewId === id ? found : null;
  }

  /** Why the author may not do this, or null. What it brings under a name, and whether it fits, is judged by whoever carries it out. */
  async denies(mutation: Mutation): Promise<Outcome | null> {
    if (!isRuled(this.view.access)) return this.view.permission === 'edit' ? null : refused('permission_missing');
    if ('nodeId' in mutation && mutation.kind !== 'copy') {
      const node = await this.#tree.node(mutation.nodeId);
      const found = node === null ? null : await this.access(node);
      if (node === null || found === null) return conflict('missing', null);
      if (node.id === this.view.rootId && (mutation.kind === 'move' || mutation.kind === 'delete')) return refused('root_fixed');
      if (found.permission !== 'edit') return refused('permission_missing');
      if (mutation.kind === 'delete' && (await this.#holdsMore(node))) return refused('permission_missing');
    }
    if ('parentId' in mutation) {
      const parent = await this.#tree.node(mutation.parentId);
      const found = parent === null ? null : await this.access(parent);
      if (found === null) return conflict('parent_missing', null);
      if (found.permission !== 'edit') return refused('permission_missing');
    }
    return null;
  }

  /** The scope of content (`content/scopes.ts`) that a folder, or a file by its place, belongs to. */
  async scopeOf(nodeId: string): Promise<string> {
    const [nearest] = await this.borders(nodeId);
    return nearest ?? this.view.space.id;
  }

  /** The folders on the way up, the node included, that say by themselves who may do what; the nearest first. */
  async borders(nodeId: string): Promise<string[]> {
    if (!this.hasRules) return [];
    const node = await this.#tree.node(nodeId);
    return node === null ? [] : (await this.#way(node)).flatMap(({ id }) => (this.restricted.has(id) ? [id] : []));
  }

  /**
   * Where a node from the trash goes whose folder is gone: the nearest folder above that has members of its own, so that nobody else comes to see it,
   * or the space's root. A conflict where that folder is in the trash too, a refusal where the author may not add to it.
   */
  async landing(node: NodeRow): Promise<NodeRow | Outcome> {
    const [nearest] = node.parent_id === null ? [] : await this.borders(node.parent_id);
    const landing = await this.#tree.node(nearest ?? this.view.space.root_id);
    if (landing === null || landing.trashed_at !== null) return conflict('parent_missing', landing);
    return (await this.access(landing))?.permission === 'edit' ? landing : refused('permission_missing');
  }

  /** The answer as its asker may see it: of a node that is hidden from them only that it is in the way. */
  async result(key: string, outcome: Outcome): Promise<MutationResult> {
    const row = outcome.kind === 'applied' || outcome.kind === 'conflict' ? outcome.row : null;
    return toResult(key, outcome, row === null ? null : await this.#shown(row));
  }

  async #shown(row: NodeRow): Promise<Node | null> {
    const found = await this.access(row);
    return found === null ? null : asSeen(row, found, this.restricted.has(row.id));
  }

  async #way(row: NodeRow): Promise<{ id: string }[]> {
    const way = [row];
    for (let at = row.parent_id; at !== null;) {
      const step: NodeRow | null = await this.#tree.node(at);
      if (step === null) break;
      way.push(step);
      at = step.parent_id;
    }
    return way;
  }

  /** Whether something lies below that the author may not edit, so that it may not go along to the trash. */
  async #holdsMore(node: NodeRow): Promise<boolean> {
    for (const [id, rule] of this.#rules) if (rule !== 'edit' && id !== node.id && (await this.#tree.isWithin(id, node.id))) return true;
    return false;
  }
}
