import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ownFolder } from '#shared/sync/ignore.ts';

/** Whether sync's own folder in a root is a folder of that root's: made where it is gone already, never reached through a link. */
export function hasOwnFolder(root: string): boolean {
  const own = path.join(root, ownFolder);
  if (lstatSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined) mkdirSync(own, { mode: 0o700 });
  return lstatSync(own).isDirectory();
}

/** Removes it with staged downloads and the lock; what could not be sealed (`failed`, by path) keeps it. */
export function removeOwnFolder(root: string, failed: readonly string[]): void {
  if (failed.some((at) => at.startsWith(`${ownFolder}/`))) return;
  if (hasOwnFolder(root)) rmSync(path.join(root, ownFolder), { recursive: true, force: true });
}
