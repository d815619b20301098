import { basename, dirname, join } from 'node:path';
import { foldedName } from '#shared/model/node-name.ts';
import { isIgnored } from '#shared/sync/ignore.ts';
import { identityOf, stampOf, type FileStamp } from '../transfer/stamp.ts';
import { nodeFiles, type FileSystem } from './file-system.ts';
import type { LocalRow } from './rows.ts';
import { recoveryFolder, type Volume } from './root-folder.ts';

/** The disk is not what was planned for: nothing was done; look again. */
export class DiskChanged extends Error {
  override readonly name = 'DiskChanged';
}

/** A file that sync put aside: where it lies now, and how it looked then. */
export interface Recovered {
  readonly stored: string;
  readonly path: string;
  readonly stamp: string;
}

/** Size and time of writing: what renaming leaves as it is. */
export const contentPart = (stamp: string): string => stamp.slice(0, stamp.lastIndexOf(':'));

/** Stamps of a file as it lies there now, or null. */
export function stampAt(path: string, files: FileSystem = nodeFiles): (FileStamp & { kind: 'file' | 'folder' | 'other' }) | null {
  const stats = files.lstat(path);
  if (stats === undefined) return null;
  return { ...stampOf(stats), kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other' };
}

/**
 * Every change that sync makes to a root, each checked right before it is made: what is replaced, moved or removed must be exactly what the
 * row says (inode, birth time, size, times), the folder it lies in must be the known one (so no link was put into the way), and nothing
 * is ever overwritten that is not put aside first. Throws `DiskChanged` or the system's error; then nothing was changed.
 */
export class Disk {
  readonly root: string;
  readonly files: FileSystem;
  readonly #volume: Volume;
  readonly #now: () => number;
  readonly #touched = new Set<string>();
  #kept = 0;

  /** `now` only says in the recovery area since when something lies there. */
  constructor(root: string, volume: Volume, now: () => number, files: FileSystem = nodeFiles) {
    this.root = root;
    this.files = files;
    this.#volume = volume;
    this.#now = now;
  }

  /** Of the root itself. */
  identity(): string {
    return identityOf(this.files.lstat(this.root)!);
  }

  at(path: string): string {
    return join(this.root, path);
  }

  /** Throws unless `path` is still the folder of that row. */
  checkFolder(path: string, row: LocalRow): void {
    const stats = this.files.lstat(this.at(path));
    if (stats === undefined || !stats.isDirectory() || identityOf(stats) !== row.identity)
      throw new DiskChanged(`${path} is another folder`);
  }

  /** Throws unless `path` is still the file of that row, unwritten since. */
  checkFile(path: string, row: LocalRow): void {
    // It was read so soon after it was written that its stamp would not show another writing.
    if (row.racy) throw new DiskChanged(`${path} was written a moment ago`);
    const now = this.#stampAt(this.at(path));
    if (now?.kind !== 'file' || now.identity !== row.identity || now.stamp !== row.stamp) throw new DiskChanged(`${path} has changed`);
  }

  makeFolder(path: string): FileStamp {
    try {
      this.files.mkdir(this.at(path));
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new DiskChanged(`${path} is there already`) : error;
    }
    this.#touch(path);
    return this.#stampAt(this.at(path))!;
  }

  /** Gives a staged file its times and mode: that of the file it replaces, else the usual one, and whoever may read may run it if it is a program. */
  dress(staged: string, modifiedAt: number, executable: boolean, replaced: string | null): void {
    const old = replaced === null ? undefined : this.files.lstat(this.at(replaced));
    const base = (old === undefined ? this.#volume.fileMode : Number(old.mode)) & 0o666;
    this.files.chmod(staged, executable ? base | ((base & 0o444) >> 2) : base);
    this.files.utimes(staged, modifiedAt / 1000, modifiedAt / 1000);
  }

  /** Puts a staged file where nothing is. */
  placeNew(staged: string, path: string): FileStamp {
    const target = this.at(path);
    const before = this.#stampAt(staged)!;
    if (this.#volume.hardLinks) {
      // A link fails where a name is taken: unlike a rename it cannot overwrite what appeared meanwhile.
      try {
        this.files.link(staged, target);
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new DiskChanged(`${path} is there already`) : error;
      }
      this.files.unlink(staged);
    } else {
      if (this.#stampAt(target) !== null) throw new DiskChanged(`${path} is there already`);
      this.files.rename(staged, target);
    }
    this.#touch(path);
    return this.#placed(target, before);
  }

  /** Puts a staged file in the place of the row's, whose bytes go to the recovery area. */
  replace(staged: string, path: string, row: LocalRow): { stamp: FileStamp; kept: Recovered } {
    this.checkFile(path, row);
    const before = this.#stampAt(staged)!;
    const kept = this.#keep(path, row);
    this.files.rename(staged, this.at(path));
    this.#touch(path);
    return { stamp: this.#placed(this.at(path), before), kept };
  }

  /** Puts the row's bytes under another name beside it and a staged file in its place. The name is taken at no moment by nothing. */
  fork(staged: string, path: string, row: LocalRow, aside: string): { stamp: FileStamp; aside: FileStamp } {
    this.checkFile(path, row);
    const [from, to] = [this.at(path), this.at(aside)];
    const before = this.#stampAt(staged)!;
    if (this.#volume.hardLinks) this.files.link(from, to);
    else {
      if (this.#stampAt(to) !== null) throw new DiskChanged(`${aside} is there already`);
      this.files.rename(from, to);
    }
    this.files.rename(staged, from);
    this.#touch(path);
    return { stamp: this.#placed(from, before), aside: this.#placed(to, row) };
  }

  /** Moves a file or folder to where nothing is (or to another spelling of its own name). */
  move(from: string, to: string, row: LocalRow): FileStamp {
    const now = this.#stampAt(this.at(from));
    if (now === null || now.kind !== row.kind || now.identity !== row.identity) throw new DiskChanged(`${from} is another one`);
    const there = this.#stampAt(this.at(to));
    if (there !== null && there.identity !== row.identity && !this.#isOwnSpelling(from, to))
      throw new DiskChanged(`${to} is there already`);
    this.files.rename(this.at(from), this.at(to));
    this.#touch(from);
    this.#touch(to);
    return this.#stampAt(this.at(to))!;
  }

  /** Some volumes show one file under every spelling of its name, each time with another inode: what the folder lists decides. */
  #isOwnSpelling(from: string, to: string): boolean {
    if (dirname(from) !== dirname(to) || foldedName(basename(from)) !== foldedName(basename(to))) return false;
    return !this.files.readdir(dirname(this.at(to))).includes(basename(to));
  }

  /** Moves a file that nobody has touched to the recovery area. */
  removeFile(path: string, row: LocalRow): Recovered {
    const stored = this.asideName(row.diskName);
    this.takeOut(path, row, stored);
    return { stored, path, stamp: row.stamp };
  }

  /** Takes a file that nobody has touched out of its folder, to a name of `asideName`. */
  takeOut(path: string, row: LocalRow, stored: string): void {
    this.checkFile(path, row);
    this.files.rename(this.at(path), stored);
    if (!this.isOut(stored, row)) {
      // Somebody saved in the very moment of moving: theirs goes back to its place.
      if (this.#stampAt(this.at(path)) === null) this.files.rename(stored, this.at(path));
      throw new DiskChanged(`${path} has changed`);
    }
    this.#touch(path);
  }

  /** Whether what was taken out is the row's file still, unwritten since. */
  isOut(stored: string, row: LocalRow): boolean {
    const moved = this.#stampAt(stored);
    return moved?.identity === row.identity && contentPart(moved.stamp) === contentPart(row.stamp);
  }

  /** Puts back what was taken out; false where its name was taken meanwhile. */
  putBack(stored: string, path: string): boolean {
    if (this.#stampAt(this.at(path)) !== null) return false;
    this.files.rename(stored, this.at(path));
    this.#touch(path);
    return true;
  }

  /** Removes a folder that holds nothing but ignored droppings, which go to the recovery area. Never recursive. */
  removeFolder(path: string, row: LocalRow): Recovered[] {
    this.checkFolder(path, row);
    const names = this.files.readdir(this.at(path));
    if (!names.every((name) => isIgnored(name))) throw new DiskChanged(`${path} is not empty`);
    const kept = names.map((name): Recovered => {
      const stored = this.asideName(name);
      this.files.rename(join(this.at(path), name), stored);
      return { stored, path: `${path}/${name}`, stamp: '' };
    });
    this.files.rmdir(this.at(path));
    this.#touch(path);
    return kept;
  }

  /** Flushes the folders in which names changed since the last time: once for a batch, before the batch is written down as done. */
  flushFolders(): void {
    const folders = [...this.#touched];
    this.#touched.clear();
    for (const folder of folders) this.files.flushFolder(folder);
  }

  /** Bytes that may still be written, after a reserve that stays free. Null where the system does not say. */
  roomBytes(): number | null {
    try {
      const { bavail, bsize, blocks } = this.files.statfs(this.root);
      const total = blocks * bsize;
      const reserve = Math.min(Math.max(1024 ** 3, total / 100), total / 20);
      return bavail * bsize - reserve;
    } catch {
      return null;
    }
  }

  #stampAt(path: string): ReturnType<typeof stampAt> {
    return stampAt(path, this.files);
  }

  /** The stamp of what was just put there: the one from before where somebody has changed it since, so that the next look sees that. */
  #placed(target: string, before: Pick<FileStamp, 'stamp' | 'executable'>): FileStamp {
    const now = this.#stampAt(target);
    if (now === null) throw new DiskChanged(`${target} is gone already`);
    const isSame = contentPart(now.stamp) === contentPart(before.stamp) && now.executable === before.executable;
    return isSame ? now : { ...now, stamp: before.stamp, executable: before.executable };
  }

  #keep(path: string, row: LocalRow): Recovered {
    const stored = this.asideName(row.diskName);
    if (this.#volume.hardLinks) this.files.link(this.at(path), stored);
    else this.files.rename(this.at(path), stored);
    return { stored, path, stamp: row.stamp };
  }

  /** A free name in the recovery area. */
  asideName(name: string): string {
    this.#kept += 1;
    const prefix = `${this.#now().toString(36)}-${this.#kept.toString(36)}~`;
    return join(recoveryFolder(this.root), prefix + Array.from(name).slice(-60).join(''));
  }

  #touch(path: string): void {
    this.#touched.add(dirname(this.at(path)));
  }
}
