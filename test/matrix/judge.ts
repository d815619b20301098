import { createHash } from 'node:crypto';
import type { Mutation } from '#shared/model/drive.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { textOf, titleOf, type Cell } from './cells.ts';
import { plainName, type Outcome } from './expected.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A node as the server tells it, of which the matrix looks at this much. */
export interface ServerNode {
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly trashed: boolean;
  readonly version: number;
  readonly content: { readonly contentHash: string } | null;
}

/** How a cell ended: paths with contents on the disk, with hashes on the server, and what was asked to get there. */
export interface Ended {
  readonly disk: Readonly<Record<string, string>>;
  readonly server: Readonly<Record<string, string>>;
  /** What the engine asked of the server that belongs to the cell; null where a crash made it ask twice. */
  readonly asked: {
    readonly mutations: readonly Mutation[];
    readonly sent: ReadonlySet<string>;
    readonly read: ReadonlySet<string>;
  } | null;
}

/** Paths below `top` on a disk, with contents; folders end in `/`. */
export function diskTree(files: FileSystem, top: string, skip: (name: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string, path: string): void => {
    for (const name of files.readdir(folder).sort()) {
      if (skip(name)) continue;
      const below = path === '' ? name : `${path}/${name}`;
      if (files.lstat(`${folder}/${name}`)?.isDirectory() !== true) found[below] = files.readText(`${folder}/${name}`);
      else {
        found[`${below}/`] = '';
        visit(`${folder}/${name}`, below);
      }
    }
  };
  visit(top, '');
  return found;
}

/** The live nodes below each child of a folder, by that child's name: paths with hashes, and ids. */
export function serverTrees(nodes: Iterable<ServerNode>, rootId: string): Map<string, Map<string, ServerNode>> {
  const all = [...nodes].filter(({ trashed }) => !trashed);
  const children = new Map<string, ServerNode[]>();
  for (const node of all) children.set(node.parentId ?? '', [...(children.get(node.parentId ?? '') ?? []), node]);
  const trees = new Map<string, Map<string, ServerNode>>();
  for (const top of children.get(rootId) ?? []) {
    const tree = new Map<string, ServerNode>();
    const visit = (node: ServerNode, path: string): void => {
      tree.set(path, node);
      for (const child of children.get(node.id) ?? []) visit(child, path === '' ? child.name : `${path}/${child.name}`);
    };
    visit(top, '');
    trees.set(top.name, tree);
  }
  return trees;
}

/** Paths with hashes of one of those trees, as they are compared. */
export const hashesOf = (tree: ReadonlyMap<string, ServerNode>): Record<string, string> =>
  Object.fromEntries(
    [...tree].flatMap(([path, { content }]) => (path === '' ? [] : [content === null ? [`${path}/`, ''] : [path, content.contentHash]])),
  );

const plain = (tree: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree)
      .map(([path, text]): [string, string] => [plainName(path), text])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
const hashed = (tree: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, path.endsWith('/') ? '' : sha256(text)]));

/** What is not as it must be; nothing when all is well. `lower`: the disk lists names in small letters. */
export function judge(cell: Cell, expected: Outcome, ended: Ended, lower = false): string[] {
  const problems: string[] = [];
  const compare = (what: string, is: unknown, shouldBe: unknown): void => {
    const [a, b] = [JSON.stringify(is), JSON.stringify(shouldBe)];
    if (a !== b) problems.push(`${titleOf(cell)}: ${what} ${a}, expected ${b}`);
  };
  const onDisk = lower
    ? plain(Object.fromEntries(Object.entries(expected.tree).map(([path, text]) => [path.toLowerCase(), text])))
    : plain(expected.tree);
  const disk = plain(ended.disk);
  compare('disk', disk, onDisk);
  compare('server', plain(ended.server), plain(hashed(expected.tree)));
  compare('copies', Object.keys(ended.server).filter((path) => path.includes(' (conflict ')).length, expected.copies);
  if (ended.asked === null) return problems;
  const verbs: Record<string, number> = {};
  for (const { kind } of ended.asked.mutations) verbs[kind] = (verbs[kind] ?? 0) + 1;
  const sorted = (counts: object): [string, number][] => Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  compare('verbs', sorted(verbs), sorted(expected.verbs));
  const texts = (['origin', 'mine', 'theirs', 'same', 'inside here', 'inside there'] as const).map((what) => sha256(textOf(cell, what)));
  compare('contents sent', texts.filter((hash) => ended.asked!.sent.has(hash)).length, expected.sent);
  compare('contents fetched', texts.filter((hash) => ended.asked!.read.has(hash)).length, expected.fetched);
  return problems;
}
