import { homedir } from 'node:os';
import { basename, dirname, resolve, sep } from 'node:path';
import type { Policy } from '#shared/model/policy.ts';
import { exists, nodeFiles, type FileSystem } from './file-system.ts';
import { knownFolderAt } from './known-folders.ts';
import { lockRoot, markerOf, rootAbove, unmarkRoot } from './root-folder.ts';
import { volumeKind } from './volumes.ts';

/** EXP-05 and EXP-04: why a folder cannot be a root, as a code; null when it can. */
export type PlaceRefusal =
  | 'place_missing'
  | 'place_not_writable'
  | 'place_is_system'
  | 'place_is_home'
  | 'place_known_folder'
  | 'place_nested'
  | 'place_in_use'
  | 'place_other_sync'
  | 'place_name'
  | 'place_removable'
  | 'place_network'
  | 'place_virtual';

const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/System',
  '/Library',
  '/Applications',
];
const systemWords = /^[a-z]:\\(windows|program files( \(x86\))?|programdata)(\\|$)/i;
/** Where disks that are put in appear: below folders of the system, but not the system's. */
const mountFolders = ['/run/media', '/run/user', '/run/mount'];
/** Names that not every system can hold, or that end in what some drop. */
const specialName = /[<>:"|?*\\\p{Cc}]|[. ]$/u;
/** Marks that other sync programs leave in their folders. */
const otherMarks = ['.stfolder', '.dropbox', '.owncloudsync.log', '.tmp.drivedownload', '.ccnet'];

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Not a root, or one of the same space whose pair is not known any more (its list was lost) and that nobody works on. */
function isFree(folder: string, owner: { readonly accountId: string; readonly spaceId: string }): boolean {
  const marker = markerOf(folder);
  if (marker === null) return true;
  if (marker.accountId !== owner.accountId || marker.spaceId !== owner.spaceId) return false;
  try {
    const unlock = lockRoot(folder);
    if (unlock === null) return false;
    unlock();
  } catch {
    return false;
  }
  unmarkRoot(folder, marker.rootId);
  return true;
}

/**
 * Judges a folder that somebody chose. Links in its path are resolved first.
 * @param others folders of the roots that exist
 * @param owner for whom the folder is to be
 * @param rules EXP-05 as the company has it
 */
export function judgePlace(
  chosen: string,
  others: readonly string[],
  owner: { readonly accountId: string; readonly spaceId: string },
  rules: Pick<Policy['sync'], 'refusedFolders'>,
  home = homedir(),
  files: FileSystem = nodeFiles,
): { folder: string; refusal: PlaceRefusal | null } {
  let folder: string;
  try {
    folder = files.realpath(resolve(chosen));
    if (files.lstat(folder)?.isDirectory() !== true) return { folder, refusal: 'place_missing' };
  } catch {
    return { folder: resolve(chosen), refusal: 'place_missing' };
  }
  const refuse = (refusal: PlaceRefusal) => ({ folder, refusal });
  const isMount = mountFolders.some((at) => folder !== at && isWithin(folder, at));
  if (dirname(folder) === folder || (!isMount && systemFolders.some((at) => isWithin(folder, at))) || systemWords.test(folder))
    return refuse('place_is_system');
  if (isWithin(home, folder)) return refuse('place_is_home');
  const known = knownFolderAt(folder, home);
  if (known !== null && rules.refusedFolders.includes(known)) return refuse('place_known_folder');
  if (specialName.test(basename(folder))) return refuse('place_name');
  if (others.includes(folder)) return refuse('place_in_use');
  if (others.some((other) => isWithin(other, folder) || isWithin(folder, other)) || rootAbove(folder) !== null)
    return refuse('place_nested');
  if (!isFree(folder, owner)) return refuse('place_in_use');
  if (otherMarks.some((mark) => exists(files, `${folder}${sep}${mark}`))) return refuse('place_other_sync');
  try {
    files.checkAccess(folder);
  } catch {
    return refuse('place_not_writable');
  }
  return { folder, refusal: null };
}

/** EXP-05: why a folder on that kind of volume cannot be synced; null where it can. */
export async function judgeVolume(
  folder: string,
  { networkVolumes }: Pick<Policy['sync'], 'networkVolumes'>,
): Promise<PlaceRefusal | null> {
  switch (await volumeKind(folder)) {
    case 'removable':
      return 'place_removable';
    case 'virtual':
      return 'place_virtual';
    case 'network':
      return networkVolumes ? null : 'place_network';
    case 'fixed':
      return null;
  }
}
