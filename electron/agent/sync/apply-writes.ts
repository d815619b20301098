import { join } from 'node:path';
import { assert } from '#shared/base/assert.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { HereStep } from '#shared/sync/plan.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { samePlace, tokenHash, type Place } from '#shared/sync/tree.ts';
import { downloadContents, type Download } from '../transfer/download.ts';
import { grouped } from '../transfer/grouped.ts';
import { checkParent } from './apply-here.ts';
import { inTurn } from './apply-there.ts';
import { DiskChanged } from './disk.ts';
import { failureReason } from './failures.ts';
import { removeIfThere } from './file-system.ts';
import { LocalSources, type WantedFile } from './local-sources.ts';
import { orMakeWay } from './make-way.ts';
import { finishForks } from './recover.ts';
import { childPath, diskPath, fileRow, pathOf, subjectState, type RootContext } from './root-context.ts';
import { partPrefix, stagingFolder } from './root-folder.ts';
import { syncedRow, type LocalRow, type RemoteRow } from './rows.ts';

type WriteStep = Extract<HereStep, { kind: 'write' | 'fork' }>;

/** A group is written down as done when all of it is there: a crash costs those that are under way. */
const groupBytes = 32 * 1024 * 1024;
const groupFiles = 1_000;
/** Groups of small files, and large files, at once: neither kind waits for the other (SYNC.md complaint 18). */
const smallGroups = 2;
const largeFiles = 2;

interface Job extends WantedFile {
  readonly step: WriteStep;
  readonly state: string;
  readonly staged: string;
}

/** Brings contents down: fetched into the staging folder, proven, flushed, and only then put in their places. Throws when the server is not reachable. */
export async function applyWrites(context: RootContext, steps: readonly WriteStep[]): Promise<boolean> {
  const { store, turns } = context;
  const jobs = steps.map((step, index): Job => {
    const remote = store.remote.get(step.id);
    assert(remote?.file !== null && remote !== undefined, 'what comes down is known');
    const isLarge = remote.sizeBytes > singleChunkBytes;
    const hash = tokenHash(remote.content!);
    const name = isLarge ? `${partPrefix}${hash.slice(0, 32)}-${step.id}` : `${index}-${hash.slice(0, 16)}`;
    return { step, state: subjectState(store, step), remote, isLarge, staged: join(stagingFolder(context.disk.root), name) };
  });
  dropParts(context, jobs);
  // Small ones first: on a disk that is nearly full as many as possible arrive.
  jobs.sort((x, y) => x.remote.sizeBytes - y.remote.sizeBytes);
  const ordered = turns.ordered(jobs, ({ step }) => step.id);
  const writer = new Writer(context, new LocalSources(context, jobs));
  const small = grouped(
    ordered.filter(({ isLarge }) => !isLarge),
    ({ remote }) => remote.sizeBytes,
    groupBytes,
    groupFiles,
  );
  const large = ordered.filter(({ isLarge }) => isLarge);
  await Promise.all([
    inLanes(inTurn(turns, small), smallGroups, (group) => writer.write(group)),
    inLanes(inTurn(turns, large), largeFiles, (job) => writer.write([job])),
  ]);
  return writer.surprised;
}

/** Parts of contents that nobody wants any more go. */
function dropParts({ disk }: RootContext, jobs: readonly Job[]): void {
  const folder = stagingFolder(disk.root);
  const wanted = new Set(jobs.map(({ staged }) => staged));
  for (const name of disk.files.readdir(folder)) {
    const place = join(folder, name);
    if (name.startsWith(partPrefix) && !wanted.has(place)) removeIfThere(disk.files, place);
  }
}

class Writer {
  surprised = false;
  readonly #context: RootContext;
  readonly #sources: LocalSources;
  readonly #asked: number;
  /** Bytes that groups under way will still write. */
  #reserved = 0;

  constructor(context: RootContext, sources: LocalSources) {
    this.#context = context;
    this.#sources = sources;
    this.#asked = context.turns.asked;
  }

  /** Fetches a group and puts it in place. */
  async write(group: readonly Job[]): Promise<void> {
    const fitting = this.#fitting(group);
    if (fitting.length === 0) return;
    const { store, disk, progress } = this.#context;
    const sizeBytes = fitting.reduce((sum, { remote }) => sum + remote.sizeBytes, 0);
    this.#reserved += sizeBytes;
    for (const { step, remote } of fitting) progress.begin(step.id, 'down', remote.sizeBytes);
    try {
      await this.#fetch(fitting);
    } finally {
      this.#reserved -= sizeBytes;
      for (const { step } of fitting) progress.end(step.id);
      disk.flushFolders();
      store.commit();
    }
  }

  /** Those for which there is room on the disk; the others are told so. */
  #fitting(group: readonly Job[]): Job[] {
    const { disk, failures } = this.#context;
    let room = (disk.roomBytes() ?? Infinity) - this.#reserved;
    return group.filter(({ step, state, remote }) => {
      room -= remote.sizeBytes;
      if (room < 0) failures.record(step, state, { reason: 'disk_full', quiet: false });
      return room >= 0;
    });
  }

  async #fetch(group: readonly Job[]): Promise<void> {
    const { disk, report, progress, turns, signal, transport } = this.#context;
    const byTarget = new Map(group.map((job) => [job.staged, job]));
    const isLarge = group.some((job) => job.isLarge);
    const downloads = group.map(({ remote, staged, step }): Download => ({ content: remote.file!, target: staged, item: step.id }));
    await downloadContents(transport, downloads, {
      signal,
      files: disk.files,
      source: (hash) => this.#sources.of(hash),
      // What a large file has of itself is worth keeping over a failure.
      partial: isLarge,
      isEnough: () => turns.asked !== this.#asked && !group.some(({ step }) => turns.isFirst(step.id)),
      onProgress: (target, bytes) => {
        report.moved(bytes);
        progress.advance(byTarget.get(target)?.step.id ?? null, 'down', bytes);
      },
      onFailed: ({ target }, error) => this.#fail(byTarget.get(target)!, error),
      onDone: ({ target }) => this.#land(byTarget.get(target)!),
    });
  }

  #land(job: Job): void {
    try {
      land(this.#context, job);
      const { store, disk, topId } = this.#context;
      this.#sources.landed(job, () => disk.at(pathOf(store, job.step.id, topId)));
      this.#context.failures.clear(job.step.id);
    } catch (error) {
      this.#fail(job, error);
    }
    this.#context.progress.end(job.step.id);
  }

  #fail(job: Job, error: unknown): void {
    const { disk, failures } = this.#context;
    try {
      removeIfThere(disk.files, job.staged);
    } catch {
      // It lies in the staging folder, which is emptied at each start; the reason to tell is the first one.
    }
    const why = failureReason(error);
    this.surprised ||= why.reason === 'changed_meanwhile';
    failures.record(job.step, job.state, why);
  }
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
    const stamp = orMakeWay(context, step.id, step.to, () => disk.placeNew(staged, path));
    agree(
      context,
      remote,
      fileRow({ id: step.id, parentId: step.to.parentId, name: step.to.name, diskName: name }, stamp, remote.content!, context.clock.now()),
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
    agree(context, remote, fileRow(row, stamp, remote.content!, context.clock.now()), row);
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
  const { stamp, aside } = forked(context, () => disk.fork(staged, path, row, asidePath));
  store.journal.delete(row.id);
  const id = context.newId();
  store.local.put(fileRow({ id, parentId: row.parentId, name, diskName: asideName }, aside, row.content!, context.clock.now()));
  agree(context, remote, fileRow(row, stamp, remote.content!, context.clock.now()), row);
  report.did('downloaded', path);
  report.did('conflict', asidePath);
  report.conflict(path, asidePath, row.id, id);
}

/** Where putting aside fails in the middle it is undone, so that the next try makes no second copy. */
function forked<T>(context: RootContext, work: () => T): T {
  try {
    return work();
  } catch (error) {
    finishForks(context);
    throw error;
  }
}

/** The disk now holds what the server says; a place that still differs stays as it was agreed on. */
function agree({ store }: RootContext, remote: RemoteRow, local: LocalRow, place: Place): void {
  const before = store.synced.get(remote.id);
  const stays = before !== undefined && !samePlace(place, remote);
  store.local.put(local);
  store.synced.put({ ...syncedRow(remote), ...(stays ? { parentId: before.parentId, name: before.name } : {}) });
}
