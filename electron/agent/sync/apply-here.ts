import { assert, assertNever } from '#shared/base/assert.ts';
import type { HereStep } from '#shared/sync/plan.ts';
import { samePlace, type Place } from '#shared/sync/tree.ts';
import { DiskChanged } from './disk.ts';
import { failureReason } from './failures.ts';
import { orMakeWay } from './make-way.ts';
import { childPath, diskPath, pathOf, subjectState, type RootContext } from './root-context.ts';
import { syncedRow, type LocalRow } from './rows.ts';

type TreeStep = Exclude<HereStep, { kind: 'write' | 'fork' }>;

/**
 * Makes, moves and removes on the disk, each step checked right before. What fails stands in the failure book; the rows of what was done
 * are written in one transaction, after the folders were flushed. Returns whether anything was not as planned.
 */
export function applyTreeSteps(context: RootContext, steps: readonly TreeStep[]): boolean {
  let surprised = false;
  for (const step of steps) {
    const state = subjectState(context.store, step);
    try {
      applyOne(context, step);
      context.failures.clear(step.id);
    } catch (error) {
      const why = failureReason(error);
      surprised ||= error instanceof DiskChanged || why.reason === 'changed_meanwhile';
      context.failures.record(step, state, why);
    }
  }
  context.disk.flushFolders();
  context.store.commit();
  return surprised;
}

function applyOne(context: RootContext, step: TreeStep): void {
  switch (step.kind) {
    case 'make_folder':
      return orMakeWay(context, step.id, step.to, () => makeFolder(context, step.id, step.to));
    case 'move_here':
      return orMakeWay(context, step.id, step.to, () => move(context, step.id, step.to));
    case 'delete_here':
      return remove(context, step.id);
    default:
      return assertNever(step, 'step');
  }
}

/** Throws when the folder that a step works in is no longer the one that was scanned. */
export function checkParent({ store, disk, topId }: RootContext, parentId: string | null): void {
  const parent = store.local.get(parentId ?? '');
  if (parent === undefined || parentId === null) throw new DiskChanged('The folder is not known any more');
  disk.checkFolder(pathOf(store, parentId, topId), parent);
}

function makeFolder(context: RootContext, id: string, to: Place): void {
  const { store, disk } = context;
  const remote = store.remote.get(id);
  assert(remote !== undefined, 'a folder that comes down is known');
  checkParent(context, to.parentId);
  const { path, name } = diskPath(context, to);
  const { identity, modifiedAt } = disk.makeFolder(path);
  store.local.put({
    id,
    parentId: to.parentId,
    name: to.name,
    diskName: name,
    kind: 'folder',
    content: null,
    sizeBytes: 0,
    identity,
    stamp: '',
    modifiedAt,
    executable: false,
    racy: false,
  });
  store.synced.put(syncedRow(remote));
}

function move(context: RootContext, id: string, to: Place): void {
  const { store, disk, report, topId } = context;
  const row = store.local.get(id);
  assert(row !== undefined, 'what is moved is known');
  const from = pathOf(store, id, topId);
  checkParent(context, row.parentId);
  checkParent(context, to.parentId);
  const { path, name } = diskPath(context, to);
  const stamp = disk.move(from, path, row);
  const moved: LocalRow = { ...row, parentId: to.parentId, name: to.name, diskName: name, stamp: row.kind === 'file' ? stamp.stamp : '' };
  // Written to in the moment of moving: its content is not known any more, and the next look takes its new size and times.
  const untouched = row.kind === 'folder' || withoutChange(stamp.stamp) === withoutChange(row.stamp);
  store.local.put(untouched ? moved : { ...moved, stamp: row.stamp, content: null });
  const [remote, synced] = [store.remote.get(id), store.synced.get(id)];
  if (remote !== undefined && synced !== undefined && samePlace(remote, to)) {
    store.synced.put({ ...synced, parentId: to.parentId, name: to.name });
  }
  report.did('moved_here', path);
}

const withoutChange = (stamp: string): string => stamp.slice(0, stamp.lastIndexOf(':'));

function remove(context: RootContext, id: string): void {
  const { store, disk, report, topId } = context;
  const [row, synced] = [store.local.get(id), store.synced.get(id)];
  assert(row !== undefined && synced !== undefined, 'only what was synced is removed');
  checkParent(context, row.parentId);
  const path = childPath(row.parentId === null ? '' : pathOf(store, row.parentId, topId), row.diskName);
  if (row.kind === 'folder') report.kept(disk.removeFolder(path, row), 'deleted');
  else {
    if (row.content === null || row.content !== synced.content) throw new DiskChanged(`${path} is not what was synced`);
    report.kept([disk.removeFile(path, row)], 'deleted');
  }
  store.local.delete(id);
  store.synced.delete(id);
  report.did('deleted_here', path);
}
