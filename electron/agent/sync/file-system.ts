import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** What a disk says of one thing; times in nanoseconds. */
export interface FileStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly mtimeMs: bigint;
  /** Last access, where the disk keeps it. */
  readonly atimeMs?: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** A file that is open for work beside the thread: fetched bytes are written and flushed while others arrive. */
export interface OpenFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
  truncate(sizeBytes: number): Promise<void>;
  stat(): Promise<{ readonly size: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The only way from the sync engine to a disk. Each call is one effect (or one look); it throws an error with the system's `code`, as Node does.
 * No call follows a link at the end of its path, but `realpath` and `open` (unless told so by its flags).
 */
export interface FileSystem {
  /** Undefined where nothing is. */
  lstat(path: string): FileStats | undefined;
  readdir(path: string): string[];
  realpath(path: string): string;
  /** Throws where this process may not read, write and enter the folder. */
  checkAccess(folder: string): void;
  mkdir(path: string, mode?: number): void;
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  rmdir(path: string): void;
  chmod(path: string, mode: number): void;
  /** Time of last access and of writing, in seconds. */
  utimes(path: string, accessed: number, modified: number): void;
  statfs(path: string): { readonly bavail: number; readonly bsize: number; readonly blocks: number };
  /** The whole of a small file. */
  readText(path: string): string;
  /** Writes a small file; with `isNew` it fails where the name is taken. */
  writeText(path: string, text: string, isNew?: boolean): void;
  open(path: string, flags: number): number;
  fstat(descriptor: number): FileStats;
  /** Returns how many bytes were read: 0 at the end. */
  read(descriptor: number, into: Uint8Array, offset: number, length: number, position: number): number;
  close(descriptor: number): void;
  openFile(path: string, flags: string | number, mode?: number): Promise<OpenFile>;
  /** Makes what a file holds durable. */
  flushFile(path: string): void;
  /** Makes the names in a folder durable; a folder that is gone needs nothing. */
  flushFolder(folder: string): void;
}

/** The computer's own disks. */
export const nodeFiles: FileSystem = {
  lstat: (path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  readdir: (path) => readdirSync(path),
  realpath: (path) => realpathSync(path),
  checkAccess: (folder) => accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK),
  mkdir: (path, mode) => {
    mkdirSync(path, mode);
  },
  link: linkSync,
  rename: renameSync,
  unlink: unlinkSync,
  rmdir: (path) => rmdirSync(path),
  chmod: chmodSync,
  utimes: utimesSync,
  statfs: (path) => statfsSync(path),
  readText: (path) => readFileSync(path, 'utf8'),
  writeText: (path, text, isNew = false) => writeFileSync(path, text, { flag: isNew ? 'wx' : 'w' }),
  open: (path, flags) => openSync(path, flags),
  fstat: (descriptor) => fstatSync(descriptor, { bigint: true }),
  read: readSync,
  close: closeSync,
  openFile: open,
  flushFile: (path) => {
    const descriptor = openSync(path, 'r+');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
  flushFolder: (folder) => {
    // Windows flushes no folders.
    if (process.platform === 'win32') return;
    let descriptor: number;
    try {
      descriptor = openSync(folder, 'r');
    } catch {
      // Moved or removed meanwhile: its own parent is flushed.
      return;
    }
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** False also where nobody may look. */
export function exists(files: FileSystem, path: string): boolean {
  try {
    return files.lstat(path) !== undefined;
  } catch {
    return false;
  }
}

/** Makes a folder and those above it that are missing. */
export function makeFolders(files: FileSystem, path: string, above: readonly string[], mode: number): void {
  for (const folder of [...above, path]) {
    try {
      files.mkdir(folder, mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** Removes a file that may be gone already. */
export function removeIfThere(files: FileSystem, path: string): void {
  try {
    files.unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** Removes a file, or a folder with all that is in it: only for what is our own. Links are removed, not followed. */
export function removeTree(files: FileSystem, path: string): void {
  if (files.lstat(path)?.isDirectory() !== true) return removeIfThere(files, path);
  for (const name of files.readdir(path)) removeTree(files, join(path, name));
  files.rmdir(path);
}
