/** How far a look into archives goes; what is beyond counts as unreadable. */
export interface ArchiveLimits {
  /** Archives within archives, the outermost is 1. */
  readonly depth: number;
  readonly entries: number;
  /** Bytes that come out of compression, over all levels. */
  readonly expandedBytes: number;
}
export const archiveLimits: ArchiveLimits = { depth: 3, entries: 10_000, expandedBytes: 256 * 1_048_576 };

/** What is left of the limits while one file is looked into. */
export class Budget {
  entries: number;
  expandedBytes: number;
  constructor({ entries, expandedBytes }: ArchiveLimits) {
    this.entries = entries;
    this.expandedBytes = expandedBytes;
  }
  /** False once there were too many. */
  takeEntry(): boolean {
    this.entries -= 1;
    return this.entries >= 0;
  }
  /** False once it was too much. */
  takeBytes(count: number): boolean {
    this.expandedBytes -= count;
    return this.expandedBytes >= 0;
  }
}
