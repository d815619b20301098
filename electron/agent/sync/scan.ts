import { join } from 'node:path';
import { isIgnored } from '#shared/sync/ignore.ts';
import { stampOf } from '../transfer/stamp.ts';
import { nodeFiles, type FileSystem } from './file-system.ts';
import { digestOf, FolderDigests } from './folder-digests.ts';
import type { ScanEntry, ScanFolder } from './scan-entry.ts';

/** Lists one folder: names and stats, without content, without following links. What fails once is tried again at once: what was moved into a folder that cannot be listed looks deleted where it was. */
export function scanFolder(root: string, path: string, files: FileSystem = nodeFiles): ScanFolder {
  const first = tryFolder(root, path, files);
  return first.failed === null ? first : tryFolder(root, path, files);
}

function tryFolder(root: string, path: string, files: FileSystem): ScanFolder {
  const folder = join(root, path);
  const entries: ScanEntry[] = [];
  const ignored: string[] = [];
  try {
    for (const name of files.readdir(folder)) {
      if (isIgnored(name)) {
        ignored.push(name);
        continue;
      }
      // A name that is no valid text cannot be found again under what it was read as; it counts as something foreign.
      const stats = files.lstat(join(folder, name));
      if (stats === undefined) {
        if (name.includes('\ufffd')) entries.push({ ...nothing, name });
        continue;
      }
      const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
      entries.push({ name, kind, linked: kind === 'file' && stats.nlink > 1n, ...stampOf(stats) });
    }
  } catch (error) {
    return { path, entries: [], ignored: [], failed: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  }
  return { path, entries, ignored, failed: null };
}

const nothing = { kind: 'other', linked: false, identity: '', stamp: '', sizeBytes: 0, modifiedAt: 0, executable: false } as const;

/** Lists everything below `path`, folders before what they hold. Synchronous, since that is twice as fast: run it in a worker. */
export function* scanTree(root: string, path = '', files: FileSystem = nodeFiles): Generator<ScanFolder> {
  const waiting = [path];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const folder = scanFolder(root, at, files);
    yield folder;
    for (const { kind, name } of folder.entries) if (kind === 'folder') waiting.push(at === '' ? name : `${at}/${name}`);
  }
}

/** What differs from the last look, and what every folder holds now. */
export interface ScanChanges {
  /** Folders that hold something else than before, or could not be listed; folders before what they hold. */
  readonly folders: readonly ScanFolder[];
  /** Paths of links, sockets and the like, of all folders. */
  readonly foreign: readonly string[];
  /** Words of `FolderDigests`. */
  readonly digests: Uint32Array;
}

/** Looks at everything, and tells only of folders whose digest is not the known one. */
export function scanChanges(root: string, known: Uint32Array | null, files: FileSystem = nodeFiles): ScanChanges {
  const before = known === null ? null : new FolderDigests(known);
  const now = new FolderDigests();
  const folders: ScanFolder[] = [];
  const foreign: string[] = [];
  const top = files.lstat(root);
  const waiting = [{ path: '', identity: top === undefined ? '' : stampOf(top).identity }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const folder = scanFolder(root, at.path, files);
    for (const { kind, name, identity } of folder.entries) {
      const path = at.path === '' ? name : `${at.path}/${name}`;
      if (kind === 'folder') waiting.push({ path, identity });
      else if (kind === 'other') foreign.push(path);
    }
    const digest = digestOf(at.identity, folder.entries);
    if (folder.failed === null) now.set(at.path, digest);
    if (folder.failed !== null || before?.isSame(at.path, digest) !== true) folders.push(folder);
  }
  return { folders, foreign, digests: now.words };
}
