import { join } from 'node:path';
import { isIgnored } from '#shared/sync/ignore.ts';
import { stampOf, type FileStamp } from '../transfer/stamp.ts';
import { nodeFiles, type FileSystem } from './file-system.ts';

/** One name in a folder. `other`: a link, a socket, a device: seen, never followed, never touched. */
export interface ScanEntry extends FileStamp {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'other';
  /** More than one path leads to this inode: it says nothing about moves. */
  readonly linked: boolean;
}

/** What one folder holds. `failed` carries the system's code: nothing may be concluded about what lies in it. */
export interface ScanFolder {
  /** Relative to the root, with `/`; empty for the root itself. */
  readonly path: string;
  readonly entries: readonly ScanEntry[];
  readonly ignored: readonly string[];
  readonly failed: string | null;
}

/** Lists one folder: names and stats, without content, without following links. */
export function scanFolder(root: string, path: string, files: FileSystem = nodeFiles): ScanFolder {
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
