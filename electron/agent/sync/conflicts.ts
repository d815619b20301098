import { constants } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { SyncConflict } from '#shared/contract/sync-care.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { connect } from '#shared/contract/operation.ts';
import { checkParent } from './apply-here.ts';
import { DiskChanged } from './disk.ts';
import { removeIfThere } from './file-system.ts';
import type { RootContext } from './root-context.ts';
import { stagingFolder } from './root-folder.ts';
import { pathOfAny } from './root-path.ts';
import type { RootEngine } from './root-engine.ts';
import type { Conflict } from './root-report.ts';
import type { LocalRow } from './rows.ts';

export type Choice = 'both' | 'mine' | 'theirs';

/** A conflict whose two files are both on this disk. */
interface Standing {
  readonly conflict: Conflict;
  readonly named: LocalRow;
  readonly copy: LocalRow;
}

const refused = (reason: string): AppError => new AppError('conflict', `Not done: ${reason}`, { details: { reason } });
const copyBytes = 1024 * 1024;

/** EXP-13: the conflicts of one root, side by side, and what a person decides about them. */
export class Conflicts {
  readonly #engine: RootEngine;
  /** What each conflict looked like when it was last shown: who decides decides about that. */
  readonly #shown = new Map<string, string>();
  /** Who wrote a version, as asked of the server. */
  readonly #authors = new Map<string, string>();

  constructor(engine: RootEngine) {
    this.#engine = engine;
  }

  /** The latest first. Those whose copy or file is gone are over. */
  async list(): Promise<SyncConflict[]> {
    const standing = this.standing();
    const asked = standing.flatMap(({ named, copy }) => [named.id, copy.id]);
    await this.#readAuthors(asked);
    return standing.map(({ conflict, named, copy }) => {
      this.#shown.set(conflict.copyId, looks(named, copy));
      return { conflictId: conflict.copyId, at: conflict.at, theirs: this.#side(named), mine: this.#side(copy) };
    });
  }

  standing(): Standing[] {
    const { local } = this.#engine.store;
    return this.#engine.report.conflicts().flatMap((conflict) => {
      const named = local.get(conflict.nodeId);
      const copy = local.get(conflict.copyId) ?? this.#at(conflict.otherPath);
      return named === undefined || copy === undefined || named.kind !== 'file' || copy.kind !== 'file' ? [] : [{ conflict, named, copy }];
    });
  }

  /**
   * Carries a choice out. What goes lies in the recovery area, and on the server in versions or trash. Throws `conflict` with the reason where either side
   * has changed since it was shown, or is not in step yet: then nothing was done.
   */
  async resolve(conflictId: string, choice: Choice): Promise<void> {
    const found = this.standing().find(({ conflict }) => conflict.copyId === conflictId);
    if (found === undefined) throw new AppError('not_found', 'No such conflict any more');
    const { named, copy } = found;
    if (choice !== 'both') {
      const { context } = this.#held();
      const shown = this.#shown.get(conflictId);
      if (shown !== undefined && shown !== looks(named, copy)) throw refused('changed_meanwhile');
      if (!this.#isAgreed(named) || copy.content === null) throw refused('not_in_step');
      if (choice === 'mine' && !this.#engine.report.writable) throw refused('permission_missing');
      try {
        context.disk.checkFile(pathOfAny(this.#engine, copy.id), copy);
        if (choice === 'mine') await this.#putMine(context, named, copy);
        this.#removeCopy(context, copy);
      } catch (error) {
        throw error instanceof DiskChanged ? refused('changed_meanwhile') : error;
      } finally {
        context.disk.flushFolders();
        context.store.commit();
      }
    }
    this.#shown.delete(conflictId);
    this.#engine.report.settleConflict(conflictId);
    this.#engine.lookAgain();
  }

  /** This PC's bytes take the name; what had it goes to the recovery area, and stays a version on the server. */
  async #putMine(context: RootContext, named: LocalRow, copy: LocalRow): Promise<void> {
    const { store, disk, report } = context;
    const staged = join(stagingFolder(disk.root), `mine-${context.newId()}`);
    try {
      await copyFile(context, disk.at(pathOfAny(this.#engine, copy.id)), staged);
      disk.checkFile(pathOfAny(this.#engine, copy.id), copy);
      const [now, copyNow] = [store.local.get(named.id), store.local.get(copy.id)];
      const isSame = now !== undefined && copyNow !== undefined && looks(now, copyNow) === looks(named, copy);
      if (!isSame || !this.#isAgreed(named)) throw refused('changed_meanwhile');
      const path = pathOfAny(this.#engine, named.id);
      checkParent(context, named.parentId);
      disk.dress(staged, copy.modifiedAt, copy.executable, path);
      const { stamp, kept } = disk.replace(staged, path, named);
      report.kept([kept], 'conflict');
      // Its content is read again when it is sent: with the version that it replaces, as every edit.
      store.local.put({ ...named, ...stamp, content: null, racy: false });
    } finally {
      removeIfThere(disk.files, staged);
    }
  }

  /** The copy goes as if the person had deleted it: first here, then on the server, with the version that was seen. */
  #removeCopy(context: RootContext, copy: LocalRow): void {
    const { store, disk, report } = context;
    checkParent(context, copy.parentId);
    report.kept([disk.removeFile(pathOfAny(this.#engine, copy.id), copy)], 'conflict');
    store.local.delete(copy.id);
  }

  /** The named file is what both sides agreed on last: choosing it, or writing over it, overlooks nothing. */
  #isAgreed(named: LocalRow): boolean {
    const { remote, synced } = this.#engine.store;
    const [there, agreed] = [remote.get(named.id), synced.get(named.id)];
    return (
      agreed !== undefined &&
      there !== undefined &&
      !there.trashed &&
      named.content !== null &&
      named.content === agreed.content &&
      there.content === agreed.content
    );
  }

  #held() {
    const held = this.#engine.held;
    if (held === null || this.#engine.halted !== null) throw refused(this.#engine.halted ?? 'not_in_step');
    return held;
  }

  /** After a copy got another id (it came to the server by another way) it is still the file under that path. */
  #at(path: string): LocalRow | undefined {
    const { local } = this.#engine.store;
    let row = local.get(this.#engine.record.topId);
    for (const name of path.split('/'))
      row = row === undefined ? undefined : local.children(row.id).find(({ diskName }) => diskName === name);
    return row;
  }

  #side(row: LocalRow): SyncConflict['mine'] {
    const remote = this.#engine.store.remote.get(row.id);
    const isThere = remote !== undefined && !remote.trashed;
    return {
      nodeId: isThere ? row.id : null,
      version: isThere ? remote.version : null,
      path: pathOfAny(this.#engine, row.id),
      sizeBytes: row.sizeBytes,
      modifiedAt: Math.round(row.modifiedAt),
      by: isThere ? (this.#authors.get(`${row.id} ${remote.version}`) ?? null) : null,
    };
  }

  /** Those who wrote what is shown; where the server does not answer nobody is named. */
  async #readAuthors(ids: readonly string[]): Promise<void> {
    const { remote } = this.#engine.store;
    const unknown = ids.flatMap((id) => {
      const version = remote.get(id)?.version;
      return version === undefined || this.#authors.has(`${id} ${version}`) ? [] : [id];
    });
    if (unknown.length === 0) return;
    const server = connect(tenant, this.#engine.transport.call);
    try {
      for (const id of unknown.slice(0, mostAsked)) {
        const { versions } = await server['drive.versions']({ nodeId: id });
        for (const { version, createdBy } of versions) this.#authors.set(`${id} ${version}`, createdBy);
      }
    } catch (error) {
      if (AppError.from(error).code === 'internal') throw error;
    }
  }
}

/** More conflicts than a person looks at in one go are shown without names. */
const mostAsked = 50;

const looks = (named: LocalRow, copy: LocalRow): string => `${named.content} ${named.stamp} ${copy.content} ${copy.stamp}`;

/** Copies a file into the staging folder and flushes it. */
async function copyFile({ disk, signal }: RootContext, from: string, to: string): Promise<void> {
  const source = await disk.files.openFile(from, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const target = await disk.files.openFile(to, 'wx', 0o600);
    try {
      const buffer = new Uint8Array(copyBytes);
      for (let position = 0; ;) {
        signal.throwIfAborted();
        const { bytesRead } = await source.read(buffer, 0, copyBytes, position);
        if (bytesRead === 0) break;
        await target.write(buffer, 0, bytesRead, position);
        position += bytesRead;
      }
      await target.datasync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
