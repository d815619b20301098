import type { Mutation } from '#shared/model/drive.ts';
import { samePlace } from '#shared/sync/tree.ts';
import { checkParent } from './apply-here.ts';
import { takeContent } from './apply-there.ts';
import { DiskChanged } from './disk.ts';
import { batchMutations, sendMutations } from './mutations.ts';
import { pathOf, type RootContext } from './root-context.ts';
import type { Rewritten } from './rewrites.ts';

/**
 * Brings back what a program made unreadable: the server's versions from before take the names again, and the rewritten bytes go to the recovery area. What had
 * been sent already is put back on the server first. Each step is checked as always; what is written to meanwhile stays. Returns the ids of new files that
 * were put aside. Throws when the server cannot be reached.
 */
export async function restoreRewritten(context: RootContext, files: readonly Rewritten[]): Promise<readonly string[]> {
  const mutations: Mutation[] = [];
  const gone: string[] = [];
  for (const file of files) {
    if (file.nowId !== file.id && putAside(context, file.nowId)) gone.push(file.nowId);
    mutations.push(...backThere(context, file));
  }
  for (let from = 0; from < mutations.length; from += batchMutations) {
    await sendMutations(context, mutations.slice(from, from + batchMutations));
  }
  // Only now: an answer of the server's counts as agreed on, and the disk is not there yet.
  for (const file of files) await backHere(context, file);
  context.disk.flushFolders();
  context.store.commit();
  return gone;
}

/** What the server has to take back: its version from before, the old place, or a file out of the trash. */
function backThere({ store, newId }: RootContext, { id, parentId, name, version }: Rewritten): Mutation[] {
  const there = store.remote.get(id);
  if (there === undefined) return [];
  if (there.trashed) return [{ key: newId(), kind: 'restore', nodeId: id }];
  const mutations: Mutation[] = [];
  if (there.version !== version) mutations.push({ key: newId(), kind: 'restore_version', nodeId: id, version });
  if (parentId !== null && !samePlace(there, { parentId, name }))
    mutations.push({ key: newId(), kind: 'move', nodeId: id, parentId, name });
  return mutations;
}

/** What is here counts as agreed on, so that the server's state is news that replaces it. */
async function backHere(context: RootContext, { id }: Rewritten): Promise<void> {
  const { store, disk, topId, workshop } = context;
  const agreed = store.synced.get(id);
  if (agreed === undefined) return;
  const here = store.local.get(id);
  if (here === undefined) return store.synced.delete(id);
  if (here.content === null) {
    const read = await workshop.read(disk.at(pathOf(store, id, topId)));
    const now = store.local.get(id);
    if (read.kind !== 'read' || now === undefined || read.file.stamp.identity !== now.identity) return;
    takeContent(context, now, read.file);
  }
  const { content, parentId, name } = store.local.get(id)!;
  store.synced.put({ ...agreed, content, parentId, name });
}

/** A new file with unreadable bytes: it goes to the recovery area. */
function putAside(context: RootContext, id: string): boolean {
  const { store, disk, report, topId } = context;
  const row = store.local.get(id);
  if (row === undefined) return false;
  try {
    checkParent(context, row.parentId);
    report.kept([disk.removeFile(pathOf(store, id, topId), row)], 'replaced');
  } catch (error) {
    if (error instanceof DiskChanged) return false;
    throw error;
  }
  store.local.delete(id);
  return true;
}
