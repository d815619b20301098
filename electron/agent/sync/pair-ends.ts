import { dirname } from 'node:path';
import type { Space } from '#shared/model/drive.ts';
import { ancestry } from '#shared/sync/tree.ts';
import { folderIdentity, nodeDisk } from './root-folder.ts';
import type { RootEngine } from './root-engine.ts';
import type { SyncHost } from './account.ts';

/** EXP-06: why a pair is over. What it brought stays on the PC. */
export type PairEnd = 'drive_lost' | 'edit_right_lost' | 'drive_folder_deleted' | 'drive_folder_nested' | 'folder_deleted';

/** Whether a pair is over, by what the server says of the drives now. */
export function endByRights({ record }: RootEngine, space: Space | undefined): PairEnd | null {
  if (space === undefined || space.permission === 'none') return 'drive_lost';
  return record.writable === true && space.permission !== 'edit' ? 'edit_right_lost' : null;
}

/** Whether the Drive folder of a pair is gone, or has come to lie within that of another pair. */
export function endByFolder({ record, store }: RootEngine, others: readonly RootEngine[]): PairEnd | null {
  if (record.drivePath === undefined || store.meta('cursor') === null) return null;
  const node = (id: string) => store.remote.get(id);
  const above = [...ancestry(record.topId, (id) => node(id)?.parentId)];
  if (above.some((id) => node(id)?.trashed !== false)) return 'drive_folder_deleted';
  const isNested = others.some(
    (other) => other.record.ended === undefined && above.slice(1).includes(other.record.topId) && other.record.spaceId === record.spaceId,
  );
  return isNested ? 'drive_folder_nested' : null;
}

/**
 * Whether the PC's folder of a pair was deleted or renamed: it is not there, while the folder that it lay in is the very one from before. A disk that is not there
 * takes that one along, and ends nothing.
 */
export function endByDisk({ record, store }: RootEngine, { disk }: Pick<SyncHost, 'disk'>): PairEnd | null {
  const { files } = disk ?? nodeDisk;
  const known = store.meta('parentIdentity');
  const isGone = known !== null && folderIdentity(record.folder, files) === null && folderIdentity(dirname(record.folder), files) === known;
  return isGone ? 'folder_deleted' : null;
}
