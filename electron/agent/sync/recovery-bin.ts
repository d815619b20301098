import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { SyncRecovered } from '#shared/contract/sync-care.ts';
import { numberedName } from '#shared/sync/conflict-name.ts';
import { contentPart, DiskChanged, stampAt, type Disk } from './disk.ts';
import { exists, removeIfThere, removeTree } from './file-system.ts';
import { keptAt, keptMilliseconds } from './recover.ts';
import { childPath } from './root-context.ts';
import { recoveryFolder } from './root-folder.ts';
import type { RootReport } from './root-report.ts';

interface Item extends SyncRecovered {
  /** Its whole path in the recovery area. */
  readonly stored: string;
}

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32);

/** The bytes that sync took away or replaced in one root: listed, put back, thrown away. */
export class RecoveryBin {
  readonly #disk: Disk;
  readonly #report: RootReport;

  constructor(disk: Disk, report: RootReport) {
    this.#disk = disk;
    this.#report = report;
  }

  /** The latest first; `totalBytes` is of all, however many are asked for. */
  list(most: number): { items: SyncRecovered[]; totalBytes: number } {
    const all = this.#all();
    const items = all.slice(0, most).map(({ stored: _stored, ...item }) => item);
    return { items, totalBytes: all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
  }

  /** Puts things back under their old names, or beside what is there now: nothing is overwritten. Returns where they are. Throws `not_found`. */
  restore(itemIds: readonly string[]): string[] {
    const items = this.#named(itemIds);
    const paths = items.map((item) => this.#putBack(item));
    this.#disk.flushFolders();
    this.#forget(items);
    return paths;
  }

  /** Throws `not_found`. */
  discard(itemIds: readonly string[]): void {
    const items = this.#named(itemIds);
    for (const { stored } of items) removeIfThere(this.#disk.files, stored);
    this.#forget(items);
  }

  /**
   * Removes what has been there for its time. A file that was written to after it had been put aside (through a handle that was still open) holds bytes
   * that are nowhere else: it comes back beside what has its name now.
   */
  sweep(now: number): void {
    const { files, root } = this.#disk;
    const folder = recoveryFolder(root);
    if (!exists(files, folder)) return;
    const notes = new Map(this.#report.recovered().map((kept) => [basename(kept.stored), kept]));
    const written: string[] = [];
    for (const name of files.readdir(folder)) {
      const at = keptAt(name);
      if (at === null || now - at < keptMilliseconds) continue;
      const found = stampAt(join(folder, name), files);
      const note = notes.get(name);
      if (found?.kind === 'folder' || note?.stamp === '') removeTree(files, join(folder, name));
      else if (
        note === undefined ? (found?.modifiedAt ?? 0) > at : found !== null && contentPart(found.stamp) !== contentPart(note.stamp)
      ) {
        written.push(idOf(name));
      } else removeIfThere(files, join(folder, name));
    }
    if (written.length > 0) this.restore(written);
    const left = new Set(files.readdir(folder));
    this.#report.keepRecovered(({ stored }) => left.has(basename(stored)));
  }

  #all(): Item[] {
    const { files, root } = this.#disk;
    const folder = recoveryFolder(root);
    if (!exists(files, folder)) return [];
    const notes = new Map(this.#report.recovered().map((kept) => [basename(kept.stored), kept]));
    const items: Item[] = [];
    for (const name of files.readdir(folder)) {
      const at = keptAt(name);
      const stored = join(folder, name);
      const stats = files.lstat(stored);
      if (at === null || stats?.isFile() !== true) continue;
      const note = notes.get(name);
      items.push({
        itemId: idOf(name),
        // What is not noted (the notes were lost) has its name still.
        path: note?.path ?? name.slice(name.indexOf('~') + 1),
        sizeBytes: Number(stats.size),
        at,
        why: note?.why ?? 'deleted',
        expiresAt: at + keptMilliseconds,
        stored,
      });
    }
    return items.sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1));
  }

  #named(itemIds: readonly string[]): Item[] {
    const byId = new Map(this.#all().map((item) => [item.itemId, item]));
    return [...new Set(itemIds)].map((id) => {
      const item = byId.get(id);
      if (item === undefined) throw new AppError('not_found', 'It does not lie in the recovery area any more');
      return item;
    });
  }

  #putBack({ path, stored }: Item): string {
    const segments = path.split('/');
    const name = segments.pop()!;
    const folder = this.#folderFor(segments);
    for (;;) {
      const isTaken = (candidate: string) => exists(this.#disk.files, this.#disk.at(childPath(folder, candidate)));
      const free = childPath(folder, isTaken(name) ? numberedName(name, isTaken) : name);
      try {
        this.#disk.placeNew(stored, free);
        return free;
      } catch (error) {
        // Somebody took the name in this very moment: the next one.
        if (!(error instanceof DiskChanged)) throw error;
      }
    }
  }

  /** The old folder, made again where it is gone; what is no folder any more ends the way. Links are not followed. */
  #folderFor(segments: readonly string[]): string {
    let folder = '';
    for (const segment of segments) {
      const path = childPath(folder, segment);
      const stats = this.#disk.files.lstat(this.#disk.at(path));
      if (stats === undefined) this.#disk.makeFolder(path);
      else if (!stats.isDirectory()) break;
      folder = path;
    }
    return folder;
  }

  #forget(items: readonly Item[]): void {
    const gone = new Set(items.map(({ stored }) => basename(stored)));
    this.#report.keepRecovered(({ stored }) => !gone.has(basename(stored)));
  }
}
