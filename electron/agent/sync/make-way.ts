import { foldedName } from '#shared/model/node-name.ts';
import { diskName } from '#shared/sync/disk-name.ts';
import type { Place } from '#shared/sync/tree.ts';
import { contentPart, DiskChanged } from './disk.ts';
import { childPath, diskPath, type RootContext } from './root-context.ts';

/**
 * Does what puts `id` at a place. Where the name is taken there by something that has another name on the server (two spellings of one name, on a
 * disk that tells them apart), that takes its own name first, and the work is for the next round. Throws what `work` throws.
 */
export function orMakeWay<T>(context: RootContext, id: string, to: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DiskChanged) makeWay(context, id, to);
    throw error;
  }
}

function makeWay(context: RootContext, id: string, to: Place): void {
  const { store, disk, volume } = context;
  if (to.parentId === null) return;
  const { folder, name } = diskPath(context, to);
  for (const row of store.local.children(to.parentId)) {
    const isInTheWay = foldedName(row.diskName) === foldedName(name) && foldedName(row.name) !== foldedName(to.name);
    const own = diskName(row.name, volume.rules);
    if (row.id === id || !isInTheWay || own === row.diskName) continue;
    const { stamp } = disk.move(childPath(folder, row.diskName), childPath(folder, own), row);
    const isSame = row.kind === 'folder' || contentPart(stamp) === contentPart(row.stamp);
    store.local.put({
      ...row,
      diskName: own,
      stamp: isSame && row.kind === 'file' ? stamp : row.stamp,
      content: isSame ? row.content : null,
    });
  }
}
