import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { ownFolder } from '#shared/sync/ignore.ts';
import { stampAt } from '../sync/disk.ts';
import { folderIdentity, stagingFolder, unmarkRoot } from '../sync/root-folder.ts';
import type { FileStamp } from '../transfer/stamp.ts';
import type { RootTask } from './journal.ts';
import { contentStamp } from './knowledge.ts';
import type { Sealer } from './sealer.ts';
import type { OwnFile } from './survey.ts';

export interface Erased {
  readonly done: number;
  readonly sealed: number;
  /** What could not be sealed or removed. */
  readonly failed: readonly string[];
  /** Why it stopped: the folder is another one by now. */
  readonly trouble: string | null;
}

/**
 * Erases what is the account's in a root: first every byte that is nowhere else is sealed, then files go one by one, each only as the one
 * that was seen. May be run again after a crash at any point.
 */
export async function eraseRoot(task: RootTask, sealer: Sealer): Promise<Erased> {
  return new Eraser(task, sealer).run();
}

class Eraser {
  readonly #task: RootTask;
  readonly #sealer: Sealer;
  readonly #failed: string[] = [];
  readonly #sealed = new Set<string>();
  #count = 0;

  constructor(task: RootTask, sealer: Sealer) {
    this.#task = task;
    this.#sealer = sealer;
  }

  async run(): Promise<Erased> {
    const { folder, rootId, survey } = this.#task;
    if (!this.#isSameRoot()) return this.#result('root_replaced');
    await this.#sealBin();
    for (const file of survey.files) if (!file.isThere) await this.#seal(file.path);
    // From here on the folder is nobody's root: no absence in it can ever be taken for somebody's deletion.
    unmarkRoot(folder, rootId);
    for (const file of survey.files) {
      if (!this.#isSameRoot()) return this.#result('root_replaced');
      await this.#remove(file);
    }
    for (const at of survey.folders.toReversed()) this.#removeEmpty(at);
    return this.#result(null);
  }

  #result(trouble: string | null): Erased {
    // Counted by what is gone: a run that goes on after a crash says what both did.
    const gone = this.#task.survey.files.filter(({ path: at }) => stampAt(path.join(this.#task.folder, at)) === null);
    for (const { isThere, path: at } of gone) if (!isThere) this.#sealed.add(at);
    return { done: gone.length, sealed: this.#sealed.size, failed: this.#failed, trouble };
  }

  #isSameRoot(): boolean {
    return folderIdentity(this.#task.folder) === this.#task.identity;
  }

  /** Whether every folder on the way is a folder: nothing is reached through a link. */
  #isInside(relative: string): boolean {
    const names = relative.split('/').slice(0, -1);
    let at = this.#task.folder;
    for (const name of names) {
      at = path.join(at, name);
      if (!(lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false)) return false;
    }
    return true;
  }

  /** @param at where its bytes lie now; the sealed file says where they lay. Returns the state that was sealed, or null. */
  async #seal(relative: string, at = path.join(this.#task.folder, relative)): Promise<FileStamp | null> {
    if (!this.#isInside(path.relative(this.#task.folder, at).split(path.sep).join('/')) || stampAt(at)?.kind !== 'file') return null;
    const stamp = await this.#sealer.file(at, path.join(this.#task.folder, relative), 'file');
    if (stamp !== null) this.#sealed.add(relative);
    return stamp;
  }

  async #remove(file: OwnFile): Promise<void> {
    const at = path.join(this.#task.folder, file.path);
    if (!this.#isInside(file.path)) return;
    const now = stampAt(at);
    if (now === null) return;
    const isKnown = file.isThere && now.identity === file.identity && contentStamp(now.stamp) === file.content;
    const safe = now.kind !== 'file' ? null : isKnown ? now : await this.#seal(file.path);
    if (safe === null) {
      this.#failed.push(file.path);
      return;
    }
    try {
      await this.#unlink(file.path, at, safe);
    } catch {
      // Held by another program, or not ours to remove: it stays, and is listed.
      this.#failed.push(file.path);
    }
  }

  /** Taken away first and looked at again: what somebody saved in the last moment is sealed as well. */
  async #unlink(relative: string, at: string, safe: FileStamp): Promise<void> {
    const bin = stagingFolder(this.#task.folder);
    if (!this.#isInside(`${ownFolder}/tmp`)) mkdirSync(bin, { recursive: true, mode: 0o700 });
    const taken = path.join(bin, `leaving-${this.#count}`);
    this.#count += 1;
    renameSync(at, taken);
    const after = stampAt(taken);
    const isSame = after?.identity === safe.identity && contentStamp(after.stamp) === contentStamp(safe.stamp);
    if (!isSame && (await this.#seal(relative, taken)) === null) {
      if (stampAt(at) === null) renameSync(taken, at);
      this.#failed.push(relative);
      return;
    }
    unlinkSync(taken);
  }

  /** What a crash left between taking away and removing. */
  async #sealBin(): Promise<void> {
    const bin = stagingFolder(this.#task.folder);
    if (!this.#isInside(`${ownFolder}/tmp/x`)) return;
    const known = new Set(this.#task.survey.files.flatMap((file) => (file.isThere ? [`${file.identity} ${file.content}`] : [])));
    for (const name of readdirSync(bin)) {
      if (!name.startsWith('leaving-')) continue;
      this.#count = Math.max(this.#count, Number(name.slice(8)) + 1);
      const now = stampAt(path.join(bin, name));
      const isKnown = now !== null && known.has(`${now.identity} ${contentStamp(now.stamp)}`);
      const origin = this.#task.survey.files.find(({ identity }) => identity === now?.identity)?.path ?? name;
      if (!isKnown && (await this.#seal(origin, path.join(bin, name))) === null) this.#failed.push(`${ownFolder}/tmp/${name}`);
      else unlinkSync(path.join(bin, name));
    }
  }

  #removeEmpty(relative: string): void {
    if (!this.#isInside(`${relative}/x`)) return;
    try {
      rmdirSync(path.join(this.#task.folder, relative));
    } catch {
      // Holds what is not ours.
    }
  }
}
