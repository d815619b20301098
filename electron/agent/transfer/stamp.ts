import type { FileStats } from '../sync/file-system.ts';

/**
 * What tells one state of one file from every other. `identity` is the inode with its birth time, because the number
 * of a deleted file's inode is given to the very next new file; `stamp` changes whenever the content may have.
 */
export interface FileStamp {
  /** `device:inode:birth time`, in nanoseconds. */
  readonly identity: string;
  /** `size:modified:changed`, in bytes and nanoseconds. */
  readonly stamp: string;
  readonly sizeBytes: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  readonly executable: boolean;
}

export const identityOf = (stats: FileStats): string => `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
export const stampText = (stats: FileStats): string => `${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;

/** The stamp of a file from its (big integer) stats. */
export const stampOf = (stats: FileStats): FileStamp => ({
  identity: identityOf(stats),
  stamp: stampText(stats),
  sizeBytes: Number(stats.size),
  modifiedAt: Math.max(0, Number(stats.mtimeMs)),
  executable: (stats.mode & 0o100n) !== 0n,
});

export const sameStamp = (a: FileStamp, b: FileStamp): boolean => a.identity === b.identity && a.stamp === b.stamp;
