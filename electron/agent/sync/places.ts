import { homedir } from 'node:os';
import { basename, dirname, resolve, sep } from 'node:path';
import { exists, nodeFiles, type FileSystem } from './file-system.ts';
import { lockRoot, markerOf, rootAbove, unmarkRoot } from './root-folder.ts';

/** EXP-05 and EXP-04: why a folder cannot be a root, as a code; null when it can. */
export type PlaceRefusal =
  | 'place_missing'
  | 'place_not_writable'
  | 'place_is_system'
  | 'place_is_home'
  | 'place_known_folder'
  | 'place_nested'
  | 'place_in_use'
  | 'place_other_sync';

export const mostRoots = 20;

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
const knownFolders = ['Desktop', 'Pictures', 'Music', 'Videos', 'Movies', 'Photos'];
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
 */
export function judgePlace(
  chosen: string,
  others: readonly string[],
  owner: { readonly accountId: string; readonly spaceId: string },
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
  if (dirname(folder) === folder || systemFolders.some((at) => isWithin(folder, at)) || systemWords.test(folder))
    return refuse('place_is_system');
  if (isWithin(home, folder)) return refuse('place_is_home');
  if (dirname(folder) === home && knownFolders.includes(basename(folder))) return refuse('place_known_folder');
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
