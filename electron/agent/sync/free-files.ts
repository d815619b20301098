import { sleep } from '#shared/base/clock.ts';
import { samePlace } from '#shared/sync/tree.ts';
import { DiskChanged, stampAt } from './disk.ts';
import { failureReason } from './failures.ts';
import { nodeFiles, removeIfThere } from './file-system.ts';
import { openForWriting } from './open-writers.ts';
import { pathOf, type RootContext } from './root-context.ts';
import { recoveryFolder } from './root-folder.ts';
import type { LocalRow } from './rows.ts';

/** What freeing came to. What stayed is named with a reason: `not_uploaded`, `not_in_step`, `in_use`, `changed_meanwhile`, or the system's. */
export interface Freed {
  readonly files: number;
  readonly bytes: number;
  readonly kept: readonly { readonly nodeId: string; readonly path: string; readonly reason: string }[];
}

const batchFiles = 500;

/**
 * Makes files online-only (EXP-07): each goes from this disk only while it is exactly what was synced, and the server has that very version as the current one. What was
 * agreed on is taken back durably before a file goes, so that its absence never looks like somebody's deletion; the file leaves its folder by a rename, is looked at
 * again there, and is destroyed only then: it goes back where it was written to in that moment, or is open for writing. Folders that nothing is left in go too, where `goes` says so.
 */
export async function freeFiles(
  context: RootContext,
  files: readonly LocalRow[],
  goes: (folderId: string) => boolean,
  writers = openForWriting,
): Promise<Freed> {
  const total = { files: 0, bytes: 0, kept: [] as { nodeId: string; path: string; reason: string }[] };
  for (let from = 0; from < files.length; from += batchFiles) {
    freeBatch(context, files.slice(from, from + batchFiles), total, writers);
    await sleep(context.clock, 0);
  }
  removeEmpty(context, new Set(files.flatMap(({ parentId }) => (parentId === null ? [] : [parentId]))), goes);
  context.disk.flushFolders();
  context.store.commit();
  return total;
}

interface Job {
  readonly row: LocalRow;
  readonly path: string;
  readonly aside: string;
}

const journalId = (id: string): string => `free ${id}`;

function freeBatch(
  context: RootContext,
  rows: readonly LocalRow[],
  total: { files: number; bytes: number; kept: { nodeId: string; path: string; reason: string }[] },
  writers: typeof openForWriting,
): void {
  const { store, disk, report, topId } = context;
  const keep = ({ id }: LocalRow, path: string, reason: string): void => void total.kept.push({ nodeId: id, path, reason });
  const jobs: Job[] = [];
  for (const row of rows) {
    const path = pathOf(store, row.id, topId);
    const reason = whyNot(context, row);
    if (reason !== null) keep(row, path, reason);
    else jobs.push({ row, path, aside: disk.asideName(row.diskName) });
  }
  for (const { row, path, aside } of jobs) {
    const synced = store.synced.get(row.id)!;
    store.journal.put({ id: journalId(row.id), path, aside, freed: { synced, row } });
    store.synced.delete(row.id);
  }
  store.commit(true);
  const out = jobs.filter((job) => {
    try {
      disk.takeOut(job.path, job.row, job.aside);
      return true;
    } catch (error) {
      keep(job.row, job.path, failureReason(error).reason);
      takeBack(context, job.row.id);
      return false;
    }
  });
  const open = out.length > 0 && disk.files === nodeFiles ? writers(recoveryFolder(disk.root)) : new Set<string>();
  for (const { row, path, aside } of out) {
    if (!open.has(aside) && disk.isOut(aside, row)) {
      removeIfThere(disk.files, aside);
      store.local.delete(row.id);
      store.journal.delete(journalId(row.id));
      total.files += 1;
      total.bytes += row.sizeBytes;
      report.did('freed', path);
    } else {
      keep(row, path, open.has(aside) ? 'in_use' : 'changed_meanwhile');
      putBack(context, { row, path, aside });
    }
  }
  disk.flushFolders();
  store.commit();
}

/** Why a file may not go; null when it may. */
function whyNot({ store }: RootContext, row: LocalRow): string | null {
  const [synced, remote] = [store.synced.get(row.id), store.remote.get(row.id)];
  if (synced === undefined || remote === undefined || remote.trashed) return 'not_uploaded';
  if (row.content === null || row.racy || row.content !== synced.content) return 'not_uploaded';
  if (remote.content !== synced.content || remote.version !== synced.version || !samePlace(remote, row)) return 'not_in_step';
  return null;
}

/** The file stays: what was agreed on holds again. */
function takeBack({ store }: RootContext, id: string): void {
  const entry = store.journal.get(journalId(id));
  if (entry?.freed === undefined) return;
  store.synced.put(entry.freed.synced);
  store.journal.delete(entry.id);
}

/** Back to its name; where that is taken by now the bytes stay in the recovery area. */
function putBack(context: RootContext, { row, path, aside }: Job): void {
  const { disk, report } = context;
  if (disk.putBack(aside, path)) takeBack(context, row.id);
  else {
    report.kept([{ stored: aside, path, stamp: '' }], 'freed');
    context.store.journal.delete(journalId(row.id));
  }
}

/** After a crash in the middle of freeing: whatever had gone out is destroyed where it is still what the server has, and else goes back. */
export function finishFreeing(context: RootContext): void {
  const { store, disk } = context;
  for (const { id, path, aside, freed } of [...store.journal.values()]) {
    if (freed === undefined) continue;
    const { row } = freed;
    if (stampAt(aside, disk.files) === null) {
      // Never went out, or was destroyed already.
      if (stampAt(disk.at(path), disk.files)?.identity === row.identity) takeBack(context, row.id);
      else {
        store.local.delete(row.id);
        store.synced.delete(row.id);
        store.journal.delete(id);
      }
    } else if (disk.isOut(aside, row)) {
      removeIfThere(disk.files, aside);
      store.local.delete(row.id);
      store.synced.delete(row.id);
      store.journal.delete(id);
    } else putBack(context, { row, path, aside });
  }
  store.commit();
}

/** Folders in which nothing is left on this disk go, up to the first that holds something. */
function removeEmpty(context: RootContext, folders: ReadonlySet<string>, goes: (folderId: string) => boolean): void {
  const { store, disk, topId } = context;
  const children = new Map<string, number>();
  for (const { parentId } of store.local.values()) if (parentId !== null) children.set(parentId, (children.get(parentId) ?? 0) + 1);
  const gone: { row: LocalRow; path: string }[] = [];
  for (const start of folders) {
    for (let id: string | null = start; id !== null && id !== topId;) {
      const row = store.local.get(id);
      const [synced, remote] = [store.synced.get(id), store.remote.get(id)];
      const isSettled = row !== undefined && synced !== undefined && remote?.trashed === false && samePlace(remote, row);
      if (!isSettled || row.foreign === true || store.local.children(id).length > 0 || !goes(id)) break;
      gone.push({ row, path: pathOf(store, id, topId) });
      store.local.delete(id);
      store.synced.delete(id);
      id = row.parentId;
    }
  }
  if (gone.length === 0) return;
  store.commit(true);
  for (const { row, path } of gone) {
    try {
      context.report.kept(disk.removeFolder(path, row), 'freed');
    } catch (error) {
      // Something is in it after all: the next look finds it, and the folder with it.
      if (!(error instanceof DiskChanged) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}
