import { join } from 'node:path';
import { assert } from '#shared/base/assert.ts';
import type { HereStep } from '#shared/sync/plan.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { samePlace, tokenHash, type Place } from '#shared/sync/tree.ts';
import { chunksOf, downloadContents, type Download, type LocalSource } from '../transfer/download.ts';
import { grouped } from '../transfer/grouped.ts';
import { checkParent } from './apply-here.ts';
import { DiskChanged } from './disk.ts';
import { failureReason } from './failures.ts';
import { removeIfThere } from './file-system.ts';
import { childPath, diskPath, fileRow, pathOf, subjectState, type RootContext } from './root-context.ts';
import { stagingFolder } from './root-folder.ts';
import { syncedRow, type LocalRow, type RemoteRow } from './rows.ts';

type WriteStep = Extract<HereStep, { kind: 'write' | 'fork' }>;

/** One group is written down as done before the next begins, so a crash costs at most one. */
const groupBytes = 64 * 1024 * 1024;
const groupFiles = 1_000;

interface Job {
  readonly step: WriteStep;
  readonly state: string;
  readonly remote: RemoteRow;
  readonly staged: string;
}

/** Brings contents down: fetched into the staging folder, proven, flushed, and only then put in their places. Throws when the server is not reachable. */
export async function applyWrites(context: RootContext, steps: readonly WriteStep[]): Promise<boolean> {
  const { store, failures } = context;
  let surprised = false;
  const jobs = steps.map((step, index): Job => {
    const remote = store.remote.get(step.id);
    assert(remote?.file !== null && remote !== undefined, 'what comes down is known');
    const staged = join(stagingFolder(context.disk.root), `${index}-${tokenHash(remote.content!).slice(0, 16)}`);
    return { step, state: subjectState(store, step), remote, staged };
  });
  // Small ones first: on a disk that is nearly full as many as possible arrive.
  jobs.sort((x, y) => x.remote.sizeBytes - y.remote.sizeBytes);
  const sources = localSources(context, jobs);
  for (const group of grouped(jobs, ({ remote }) => remote.sizeBytes, groupBytes, groupFiles)) {
    let room = context.disk.roomBytes() ?? Infinity;
    const fitting = group.filter((job) => {
      room -= job.remote.sizeBytes;
      if (room >= 0) return true;
      failures.record(job.step, job.state, { reason: 'disk_full', quiet: false });
      return false;
    });
    if (fitting.length > 0) surprised = (await writeGroup(context, fitting, sources)) || surprised;
  }
  return surprised;
}

async function writeGroup(
  context: RootContext,
  group: readonly Job[],
  source: (hash: string) => LocalSource | undefined,
): Promise<boolean> {
  const { store, disk, failures, report } = context;
  let surprised = false;
  const byTarget = new Map(group.map((job) => [job.staged, job]));
  const fail = (job: Job, error: unknown): void => {
    removeIfThere(disk.files, job.staged);
    const why = failureReason(error);
    surprised ||= why.reason === 'changed_meanwhile';
    failures.record(job.step, job.state, why);
  };
  const downloads = group.map(({ remote, staged, step }): Download => ({ content: remote.file!, target: staged, item: step.id }));
  try {
    await downloadContents(context.transport, downloads, {
      signal: context.signal,
      files: disk.files,
      source,
      onProgress: (_target, bytes) => report.moved(bytes),
      onFailed: ({ target }, error) => fail(byTarget.get(target)!, error),
      onDone: ({ target }) => {
        const job = byTarget.get(target)!;
        try {
          land(context, job);
          failures.clear(job.step.id);
        } catch (error) {
          fail(job, error);
        }
      },
    });
  } finally {
    disk.flushFolders();
    store.commit();
  }
  return surprised;
}

/** A fetched file takes its place; what lies there goes to the recovery area, or beside it under a conflict name. */
function land(context: RootContext, { step, remote, staged }: Job): void {
  const { store, disk, report } = context;
  const { modifiedAt, executable } = remote.file!;
  if (store.remote.get(step.id)?.content !== remote.content) throw new DiskChanged('The server has another version by now');
  if (step.kind === 'write' && step.to !== null) {
    checkParent(context, step.to.parentId);
    const { path, name } = diskPath(context, step.to);
    disk.dress(staged, modifiedAt, executable, null);
    const stamp = disk.placeNew(staged, path);
    agree(
      context,
      remote,
      fileRow({ id: step.id, parentId: step.to.parentId, name: step.to.name, diskName: name }, stamp, remote.content!),
      step.to,
    );
    report.did('downloaded', path);
    return;
  }
  const row = store.local.get(step.id);
  if (row === undefined || row.content === null) throw new DiskChanged('The file here is not known any more');
  checkParent(context, row.parentId);
  const folder = pathOf(store, row.parentId!, context.topId);
  const path = childPath(folder, row.diskName);
  disk.dress(staged, modifiedAt, executable, path);
  if (step.kind === 'write') {
    const { stamp, kept } = disk.replace(staged, path, row);
    report.kept([kept], 'replaced');
    agree(context, remote, fileRow(row, stamp, remote.content!), row);
    report.did('downloaded', path);
  } else fork(context, remote, { staged, path, folder, row, name: step.name });
}

interface Fork {
  readonly staged: string;
  readonly path: string;
  readonly folder: string;
  readonly row: LocalRow;
  readonly name: string;
}

function fork(context: RootContext, remote: RemoteRow, { staged, path, folder, row, name }: Fork): void {
  const { store, disk, report } = context;
  const { name: asideName } = diskPath(context, { parentId: row.parentId, name });
  const asidePath = childPath(folder, asideName);
  store.journal.put({ id: row.id, path, aside: asidePath });
  store.commit();
  const { stamp, aside } = disk.fork(staged, path, row, asidePath);
  store.journal.delete(row.id);
  const id = context.newId();
  store.local.put(fileRow({ id, parentId: row.parentId, name, diskName: asideName }, aside, row.content!));
  agree(context, remote, fileRow(row, stamp, remote.content!), row);
  report.did('downloaded', path);
  report.did('conflict', asidePath);
  report.conflict(path, asidePath, row.id, id);
}

/** The disk now holds what the server says; a place that still differs stays as it was agreed on. */
function agree({ store }: RootContext, remote: RemoteRow, local: LocalRow, place: Place): void {
  const before = store.synced.get(remote.id);
  const stays = before !== undefined && !samePlace(place, remote);
  store.local.put(local);
  store.synced.put({ ...syncedRow(remote), ...(stays ? { parentId: before.parentId, name: before.name } : {}) });
}

/** Where chunks that are to come may lie on this disk already: whole small files, and the pieces of earlier versions of large ones. */
function localSources({ store, disk, topId }: RootContext, jobs: readonly Job[]): (hash: string) => LocalSource | undefined {
  const wanted = new Set(jobs.flatMap(({ remote }) => chunksOf(remote.file!).map(({ hash }) => hash)));
  const sources = new Map<string, LocalSource>();
  const add = (hash: string, id: string, offset: number): void => {
    if (wanted.has(hash) && !sources.has(hash)) sources.set(hash, { path: disk.at(pathOf(store, id, topId)), offset });
  };
  for (const { step } of jobs) {
    let offset = 0;
    for (const { hash, sizeBytes } of store.synced.get(step.id)?.chunks ?? []) {
      if (store.local.get(step.id) !== undefined) add(hash, step.id, offset);
      offset += sizeBytes;
    }
  }
  const wholeFile = (hash: string): LocalSource | undefined => {
    const row = store.nodes.localByContent(hash);
    return row !== undefined && row.sizeBytes <= singleChunkBytes ? { path: disk.at(pathOf(store, row.id, topId)), offset: 0 } : undefined;
  };
  return (hash) => sources.get(hash) ?? wholeFile(hash);
}
