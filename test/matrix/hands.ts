import type { Content, Mutation } from '#shared/model/drive.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { itemName, textOf, type Cell } from './cells.ts';
import { baseTree, pathsOf } from './trees.ts';

/** Removes a file, or a folder with what it holds, as a file manager does. */
function removeAll(files: FileSystem, path: string): void {
  if (files.lstat(path)?.isDirectory() !== true) return files.unlink(path);
  for (const name of files.readdir(path)) removeAll(files, `${path}/${name}`);
  files.rmdir(path);
}

/** Makes what both have at the start, in `top`, a folder that is not there yet. */
export function layOut(files: FileSystem, top: string, cell: Cell): void {
  files.mkdir(top);
  for (const [path, text] of Object.entries(pathsOf(baseTree(cell)))) {
    if (path.endsWith('/')) files.mkdir(`${top}/${path.slice(0, -1)}`);
    else files.writeText(`${top}/${path}`, text);
  }
}

/** What the person here does, on the disk. Seconds since 1970 are for touching. */
export function actHere(files: FileSystem, top: string, cell: Cell, seconds: number): void {
  const { kind, here } = cell;
  const item = `${top}/home/${itemName(kind)}`;
  const content = kind === 'file' ? item : `${item}/inner.txt`;
  switch (here) {
    case 'none':
      return;
    case 'touch':
      return files.utimes(content, seconds, seconds);
    case 'edit':
      return files.writeText(content, textOf(cell, 'mine'));
    case 'same-edit':
      return files.writeText(content, textOf(cell, 'same'));
    case 'atomic-save':
      // As Vim does: the old one becomes a backup, the new one takes its name, the backup goes.
      files.writeText(`${content}.new`, textOf(cell, 'mine'));
      files.rename(content, `${content}~`);
      files.rename(`${content}.new`, content);
      return files.unlink(`${content}~`);
    case 'rename':
      return files.rename(item, `${top}/home/${itemName(kind, 'here')}`);
    case 'case-rename':
      return files.rename(item, `${top}/home/${itemName(kind, 'case-here')}`);
    case 'move':
      return files.rename(item, `${top}/left/${itemName(kind)}`);
    case 'move+edit':
      files.writeText(content, textOf(cell, 'mine'));
      return files.rename(item, `${top}/left/${itemName(kind)}`);
    case 'delete':
      return removeAll(files, item);
    case 'delete+recreate':
      removeAll(files, item);
      if (kind === 'file') return files.writeText(item, textOf(cell, 'mine'));
      files.mkdir(item);
      return files.writeText(`${item}/fresh-h.txt`, textOf(cell, 'inside here'));
    case 'other-type':
      removeAll(files, item);
      if (kind === 'folder') return files.writeText(item, textOf(cell, 'mine'));
      files.mkdir(item);
      return files.writeText(`${item}/child-h.txt`, textOf(cell, 'inside here'));
  }
}

/** What the server knows of a cell's things, by their paths below the cell's folder (`home/item.txt`); the folder itself is the empty path. */
export type KnownNodes = ReadonlyMap<string, { readonly id: string; readonly version: number }>;
export interface Making {
  readonly newId: () => string;
  readonly contentOf: (text: string) => Content;
}

/** Texts that the person there brings along: their contents are on the server before anybody acts. */
export const textsBrought = (cell: Cell): string[] => [textOf(cell, 'theirs'), textOf(cell, 'same'), textOf(cell, 'inside there')];

/** What the person there does, in order. */
export function actThere(cell: Cell, nodes: KnownNodes, { newId, contentOf }: Making): Mutation[] {
  const { kind, there, parent } = cell;
  const at = (path: string) => nodes.get(path)!;
  const item = at(`home/${itemName(kind)}`);
  const content = kind === 'file' ? item : at(`home/item/inner.txt`);
  const key = newId;
  const update = (made: Content): Mutation => ({
    key: key(),
    kind: 'update_content',
    nodeId: content.id,
    baseVersion: content.version,
    content: made,
  });
  const move = (id: string, parentId: string, name: string): Mutation => ({ key: key(), kind: 'move', nodeId: id, parentId, name });
  const remove = (id: string, baseVersion: number): Mutation => ({ key: key(), kind: 'delete', nodeId: id, baseVersion });
  const home = at('home').id;
  const newFile = (parentId: string, name: string, text: string): Mutation => ({
    key: key(),
    kind: 'create_file',
    id: newId(),
    parentId,
    name,
    content: contentOf(text),
  });
  const newFolder = (child: string): Mutation[] => {
    const id = newId();
    return [
      { key: key(), kind: 'create_folder', id, parentId: home, name: itemName(kind) },
      newFile(id, child, textOf(cell, 'inside there')),
    ];
  };
  const acts = (): Mutation[] => {
    switch (there) {
      case 'none':
        return [];
      case 'touch':
        return [update({ ...contentOf(textOf(cell, 'origin')), modifiedAt: 1_000_000_000_000 })];
      case 'edit':
      case 'atomic-save':
        return [update(contentOf(textOf(cell, 'theirs')))];
      case 'same-edit':
        return [update(contentOf(textOf(cell, 'same')))];
      case 'rename':
        return [move(item.id, home, itemName(kind, 'there'))];
      case 'case-rename':
        return [move(item.id, home, itemName(kind, 'case-there'))];
      case 'move':
        return [move(item.id, at('right').id, itemName(kind))];
      case 'move+edit':
        return [update(contentOf(textOf(cell, 'theirs'))), move(item.id, at('right').id, itemName(kind))];
      case 'delete':
        return [remove(item.id, item.version)];
      case 'delete+recreate':
        return [
          remove(item.id, item.version),
          ...(kind === 'file' ? [newFile(home, itemName(kind), textOf(cell, 'theirs'))] : newFolder('fresh-t.txt')),
        ];
      case 'other-type':
        return [
          remove(item.id, item.version),
          ...(kind === 'folder' ? [newFile(home, itemName(kind), textOf(cell, 'theirs'))] : newFolder('child-t.txt')),
        ];
    }
  };
  const after: Readonly<Record<Cell['parent'], () => Mutation[]>> = {
    none: () => [],
    rename: () => [move(home, at('').id, 'home-t')],
    move: () => [move(home, at('away').id, 'home')],
    delete: () => [remove(home, 0)],
  };
  return [...acts(), ...after[parent]()];
}
