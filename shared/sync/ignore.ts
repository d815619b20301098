/** Our own folder inside a synced root: staged files, the marker, the recovery area. */
export const ownFolder = '.hikyaku-sync';

const names = new Set([ownFolder, '.ds_store', 'thumbs.db', 'ehthumbs.db', 'desktop.ini', '.localized', '$recycle.bin', '.fseventsd']);
/** Locks of office programs, resource forks. Backups such as `notes.txt~` are not here: they may be all that somebody has. */
const patterns = [/^~\$/, /^\.~lock\..*#$/, /^\._/];

/**
 * Names that are never synced, either way (EXP-19). Being ignored never deletes anything; such a file goes along to the recovery area when a
 * person deletes the folder that it lies in.
 */
export function isIgnored(name: string): boolean {
  const folded = name.toLowerCase();
  return names.has(folded) || patterns.some((pattern) => pattern.test(folded));
}
