import type { FileStamp } from '../transfer/stamp.ts';

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
