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

const racyMilliseconds = 20;
const coarseMilliseconds = 2_100;

/**
 * Whether a file may be written again without its stamp showing it, where a volume's clock ticks slowly: it was last written in this very moment.
 * Times that somebody set, such as those of the computer that a file comes from, say nothing.
 * @param now epoch milliseconds
 */
export function isRacy({ stamp }: FileStamp, now: number): boolean {
  const [, modified, changed] = stamp.split(':').map(BigInt) as [bigint, bigint, bigint];
  const tick = changed % 1_000_000_000n === 0n ? coarseMilliseconds : racyMilliseconds;
  const changedAt = Number(changed / 1_000_000n);
  return Math.abs(now - changedAt) < tick && Math.abs(Number(modified / 1_000_000n) - changedAt) < tick;
}

export const sameStamp = (a: FileStamp, b: FileStamp): boolean => a.identity === b.identity && a.stamp === b.stamp;
