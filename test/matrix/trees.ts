import { itemName, textOf, type Cell } from './cells.ts';

/** A thing in one of the small trees of a cell; `text` is null for folders. */
export interface Thing {
  readonly parent: string | null;
  readonly name: string;
  readonly text: string | null;
}
/** Things by who they are: `home`, `left`, `right`, `away`, `item`, `inner`, and what came new on a side. */
export type Tree = Map<string, Thing>;

const folder = (parent: string | null, name: string): Thing => ({ parent, name, text: null });

/** What both have before anybody acts: the thing in `home`, and folders that things are moved to. */
export function baseTree(cell: Cell): Tree {
  const tree: Tree = new Map([
    ['top', folder(null, '')],
    ['home', folder('top', 'home')],
    ['left', folder('top', 'left')],
    ['right', folder('top', 'right')],
    ['away', folder('top', 'away')],
  ]);
  if (cell.kind === 'file') return tree.set('item', { parent: 'home', name: itemName('file'), text: textOf(cell, 'origin') });
  tree.set('item', folder('home', itemName('folder')));
  return tree.set('inner', { parent: 'item', name: 'inner.txt', text: textOf(cell, 'origin') });
}

function edit(tree: Tree, cell: Cell, text: 'mine' | 'theirs' | 'same'): void {
  const id = cell.kind === 'file' ? 'item' : 'inner';
  tree.set(id, { ...tree.get(id)!, text: textOf(cell, text) });
}

/** What a volume shows the engine of what people do. */
export interface VolumeTraits {
  /** Names are listed in small letters, whatever they were given as: renaming to capitals changes nothing. */
  readonly lower: boolean;
  /** It says when a file was made: without that, what was moved and written to at once is another thing. */
  readonly births: boolean;
}
export const usualVolume: VolumeTraits = { lower: false, births: true };

/** What the disk holds after the person here has acted, as the engine should see it. */
export function treeHere(cell: Cell, { lower, births }: VolumeTraits): Tree {
  const { kind, here } = cell;
  const tree = baseTree(cell);
  const item = tree.get('item')!;
  switch (here) {
    case 'none':
    case 'touch':
      break;
    case 'edit':
    case 'atomic-save':
      edit(tree, cell, 'mine');
      break;
    case 'same-edit':
      edit(tree, cell, 'same');
      break;
    case 'rename':
      tree.set('item', { ...item, name: itemName(kind, 'here') });
      break;
    case 'case-rename':
      if (!lower) tree.set('item', { ...item, name: itemName(kind, 'case-here') });
      break;
    case 'move':
      tree.set('item', { ...item, parent: 'left' });
      break;
    case 'move+edit':
      if (births) {
        tree.set('item', { ...item, parent: 'left' });
        edit(tree, cell, 'mine');
      } else {
        tree.delete('item');
        tree.set('mine', { ...item, parent: 'left', text: kind === 'file' ? textOf(cell, 'mine') : null });
        if (tree.delete('inner')) tree.set('mine-child', { parent: 'mine', name: 'inner.txt', text: textOf(cell, 'mine') });
      }
      break;
    case 'delete':
      tree.delete('item');
      tree.delete('inner');
      break;
    case 'delete+recreate':
      // A new file or folder where the old one is no more counts as the old one, saved anew: editors do that.
      if (kind === 'file') edit(tree, cell, 'mine');
      else {
        tree.delete('inner');
        tree.set('mine', { parent: 'item', name: 'fresh-h.txt', text: textOf(cell, 'inside here') });
      }
      break;
    case 'other-type':
      tree.delete('item');
      tree.delete('inner');
      if (kind === 'folder') tree.set('mine', { ...item, text: textOf(cell, 'mine') });
      else {
        tree.set('mine', { ...item, text: null });
        tree.set('mine-child', { parent: 'mine', name: 'child-h.txt', text: textOf(cell, 'inside here') });
      }
  }
  return tree;
}

/** What the server holds after the person there has acted. */
export function treeThere(cell: Cell): Tree {
  const { kind, there, parent } = cell;
  const tree = baseTree(cell);
  const item = tree.get('item')!;
  const newFolder = (child: string): void => {
    tree.set('theirs', { ...item, text: null });
    tree.set('theirs-child', { parent: 'theirs', name: child, text: textOf(cell, 'inside there') });
  };
  switch (there) {
    case 'none':
    case 'touch':
      break;
    case 'edit':
    case 'atomic-save':
      edit(tree, cell, 'theirs');
      break;
    case 'same-edit':
      edit(tree, cell, 'same');
      break;
    case 'rename':
      tree.set('item', { ...item, name: itemName(kind, 'there') });
      break;
    case 'case-rename':
      tree.set('item', { ...item, name: itemName(kind, 'case-there') });
      break;
    case 'move':
    case 'move+edit':
      tree.set('item', { ...item, parent: 'right' });
      if (there === 'move+edit') edit(tree, cell, 'theirs');
      break;
    case 'delete':
    case 'delete+recreate':
    case 'other-type':
      tree.delete('item');
      tree.delete('inner');
      if (there === 'delete+recreate') {
        if (kind === 'file') tree.set('theirs', { ...item, text: textOf(cell, 'theirs') });
        else newFolder('fresh-t.txt');
      } else if (there === 'other-type') {
        if (kind === 'folder') tree.set('theirs', { ...item, text: textOf(cell, 'theirs') });
        else newFolder('child-t.txt');
      }
  }
  if (parent === 'rename') tree.set('home', folder('top', 'home-t'));
  if (parent === 'move') tree.set('home', folder('away', 'home'));
  if (parent === 'delete') remove(tree, 'home');
  return tree;
}

function remove(tree: Tree, id: string): void {
  tree.delete(id);
  for (const [child, { parent }] of [...tree]) if (parent === id) remove(tree, child);
}

/** Paths with texts; folders end in `/`. */
export function pathsOf(tree: Tree): Record<string, string> {
  const pathOf = (id: string): string => {
    const { parent, name } = tree.get(id)!;
    return parent === null || parent === 'top' ? name : `${pathOf(parent)}/${name}`;
  };
  const paths: [string, string][] = [];
  for (const [id, { text }] of tree) if (id !== 'top') paths.push(text === null ? [`${pathOf(id)}/`, ''] : [pathOf(id), text]);
  return Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1)));
}
