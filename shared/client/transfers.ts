import { AppError } from '#shared/base/errors.ts';
import type { Transfer } from '#shared/contract/workspace.ts';
import { failureOf, isPassing, newId, scanPauseMs, waitsForScan, type AccountContext } from './context.ts';
import type { FileEntry } from './files.ts';
import { Holds } from './holds.ts';
import { releaseFiles } from './release-files.ts';
import { Speed } from './speed.ts';
import type { StoredTransfer, TransferTask } from './stored.ts';
import { Throttle } from './throttle.ts';
import { sourceOf } from './transfer-source.ts';
import { uploadEntry } from './upload-entry.ts';

/** How many transfers run at once, small files apart from all else, so that neither waits for the other; inside one, packs go in lanes of their own. */
const width = 2;
/** Up to this size a file goes with the small ones, in bytes. */
const smallBytes = 16 * 1024 * 1024;

/** What has still something to do. */
const isOpen = ({ state }: Transfer): boolean => state === 'queued' || state === 'running' || state === 'paused';

const laneOf = ({ isSmall }: StoredTransfer): 'small' | 'large' => (isSmall === true ? 'small' : 'large');

/** A rule said no, or something went wrong that somebody may mend. */
const stateOf = (code: string): 'refused' | 'failed' => (code === 'denied' || code === 'too_large' ? 'refused' : 'failed');

/** The uploads and downloads that a person started: in a queue that survives restarts, with progress, cancelling and reasons. */
export class Transfers {
  readonly #account: AccountContext;
  readonly #running = new Map<string, AbortController>();
  /** Those that wait for a virus scan, or for a server that is busy. */
  readonly #holds: Holds;
  readonly #speeds = new Map<string, Speed>();
  /** Progress is shown, never stored: it would cost a flush of the disk for each step. */
  readonly #live = new Map<string, { doneBytes: number; bytesPerSecond: number }>();
  readonly #throttle: Throttle;
  #stopped = false;

  constructor(account: AccountContext) {
    this.#account = account;
    this.#holds = new Holds(account.host.clock, () => this.kick());
    this.#throttle = new Throttle(account.host.clock, 200);
  }

  /** What was under way when the program ended is queued again; what was over then is no longer listed. */
  start(): void {
    for (const row of this.#account.store.transfers.all()) {
      if (row.shown.state === 'done' || row.shown.state === 'cancelled') this.#forget(row);
      if (row.shown.state === 'running') this.#put({ ...row, shown: { ...row.shown, state: 'queued', doneBytes: 0, bytesPerSecond: 0 } });
    }
    this.kick();
  }

  stop(): void {
    this.#stopped = true;
    this.#throttle.stop();
    this.#holds.releaseAll();
    for (const abort of this.#running.values()) abort.abort();
  }

  list(): Transfer[] {
    return this.#account.store.transfers.all().map(({ shown }) => ({ ...shown, ...this.#live.get(shown.id) }));
  }

  /** Where a finished download lies, for the host's file manager; null when it is no such thing. */
  placeOf(id: string): string | null {
    const row = this.#account.store.transfers.get(id);
    return row !== undefined && row.shown.state === 'done' && row.task.kind !== 'upload' ? row.task.place : null;
  }

  upload(entry: FileEntry, spaceId: string, folderId: string): string {
    const task: TransferTask = { kind: 'upload', reference: entry.reference, spaceId, folderId };
    return this.#add(task, {
      direction: 'up',
      name: entry.name,
      spaceId,
      folderId,
      sizeBytes: entry.kind === 'file' ? entry.sizeBytes : 0,
      isSmall: entry.kind === 'file' && entry.sizeBytes <= smallBytes,
    });
  }

  download(task: TransferTask, name: string, sizeBytes: number): string {
    return this.#add(task, {
      direction: 'down',
      name,
      spaceId: null,
      folderId: null,
      sizeBytes,
      isSmall: task.kind !== 'download_zip' && sizeBytes <= smallBytes,
    });
  }

  /** Files and folders as one zip at `place`. */
  downloadZip(nodeIds: readonly string[], place: string): string {
    return this.download({ kind: 'download_zip', nodeIds, place }, place.split(/[/\\]/).at(-1) ?? '', 0);
  }

  /** Stands still until it is resumed, also over a restart; what is on the server by then is not sent again. */
  pause(id: string): void {
    const { state } = this.#row(id).shown;
    if (state !== 'queued' && state !== 'running') return;
    this.#show(id, { state: 'paused', bytesPerSecond: 0, ...this.#doneSoFar(id) });
    this.#running.get(id)?.abort();
  }

  resume(id: string): void {
    if (this.#row(id).shown.state !== 'paused') return;
    this.#holds.clear(id);
    this.#show(id, { state: 'queued' });
    this.kick();
  }

  pauseAll(paused: boolean): void {
    for (const { shown } of this.#account.store.transfers.all()) {
      if (paused) this.pause(shown.id);
      else this.resume(shown.id);
    }
  }

  cancel(id: string): void {
    const row = this.#row(id);
    if (!isOpen(row.shown)) return;
    this.#show(id, { state: 'cancelled', bytesPerSecond: 0 });
    this.#running.get(id)?.abort();
    if (!this.#running.has(id)) this.#dropPart(row);
  }

  retry(id: string): void {
    const { shown } = this.#row(id);
    if (shown.state !== 'failed' && shown.state !== 'refused' && shown.state !== 'cancelled') return;
    this.#holds.clear(id);
    this.#show(id, { state: 'queued', doneBytes: 0, code: null, reason: null, subject: null });
    this.kick();
  }

  /** Forgets what is over. */
  clear(): void {
    const { store } = this.#account;
    for (const row of store.transfers.all()) {
      if (!isOpen(row.shown)) this.#forget(row);
    }
    this.#changed();
  }

  /** The server answers again: nothing waits for a pause to pass. */
  reconnected(): void {
    this.#holds.releaseAll();
    this.kick();
  }

  /** Starts what waits, as far as there is room and a connection. */
  kick(): void {
    if (this.#stopped || !this.#account.isOnline()) return;
    const rows = this.#account.store.transfers.all();
    const free = { small: width, large: width };
    for (const row of rows) if (this.#running.has(row.shown.id)) free[laneOf(row)] -= 1;
    for (const row of rows) {
      const { id, state } = row.shown;
      if (state !== 'queued' || this.#running.has(id) || this.#holds.has(id) || free[laneOf(row)] <= 0) continue;
      free[laneOf(row)] -= 1;
      const abort = new AbortController();
      this.#running.set(id, abort);
      void this.#run(row, abort)
        .catch(this.#account.host.report)
        .finally(() => {
          this.#running.delete(id);
          this.#speeds.delete(id);
          this.#live.delete(id);
          this.kick();
        });
    }
  }

  async #run({ shown: { id }, task }: StoredTransfer, abort: AbortController): Promise<void> {
    this.#speeds.set(id, new Speed(this.#account.host.clock));
    this.#show(id, { state: 'running', doneBytes: 0, code: null, reason: null, subject: null });
    try {
      const onProgress = (bytes: number) => this.#progress(id, bytes);
      const options = { onProgress, signal: abort.signal };
      if (task.kind === 'upload') {
        const refused = await uploadEntry(this.#account, task, { ...options, onSize: (sizeBytes) => this.#show(id, { sizeBytes }) });
        for (const item of refused) this.#addRefused(task, item);
      } else {
        const source = await sourceOf(this.#account, task);
        await this.#account.host.files.download(this.#account.transport, source, task.place, { ...options, part: id });
      }
      this.#holds.clear(id);
      // Of what is made while it is sent the size is known only now.
      const { sizeBytes } = this.#row(id).shown;
      const whole = Math.max(sizeBytes, task.kind === 'download_zip' ? (this.#speeds.get(id)?.total ?? 0) : 0);
      this.#show(id, { state: 'done', sizeBytes: whole, doneBytes: whole, bytesPerSecond: 0, revealable: task.kind !== 'upload' });
      if (task.kind === 'upload') releaseFiles(this.#account, [task.reference]);
    } catch (cause) {
      this.#failed(id, cause, abort.signal.aborted);
    }
  }

  #forget({ shown, task }: StoredTransfer): void {
    this.#account.store.transfers.remove(shown.id);
    if (task.kind === 'upload') releaseFiles(this.#account, [task.reference]);
  }

  #failed(id: string, cause: unknown, isGivenUp: boolean): void {
    const row = this.#account.store.transfers.get(id);
    if (row === undefined || this.#stopped) return;
    if (row.shown.state === 'cancelled') this.#dropPart(row);
    // Paused or cancelled, and maybe wanted again already.
    if (isGivenUp || row.shown.state === 'cancelled') return;
    const error = AppError.from(cause);
    // What only the network stopped goes on by itself at the next connect, or after a pause; sent chunks are not sent again.
    if (isPassing(error)) {
      this.#holds.backOff(id);
      return this.#show(id, { state: 'queued', bytesPerSecond: 0, ...this.#doneSoFar(id) });
    }
    if (waitsForScan(error)) {
      this.#holds.hold(id, scanPauseMs);
      return this.#show(id, { state: 'queued', bytesPerSecond: 0, ...failureOf(error) });
    }
    if (!(cause instanceof AppError)) this.#account.host.report(cause);
    this.#dropPart(row);
    return this.#show(id, { state: stateOf(error.code), bytesPerSecond: 0, ...failureOf(error) });
  }

  #doneSoFar(id: string): Partial<Transfer> {
    const live = this.#live.get(id);
    return live === undefined ? {} : { doneBytes: live.doneBytes };
  }

  /** What a download has written so far is of no use any more. */
  #dropPart({ shown, task }: StoredTransfer): void {
    const { files, report } = this.#account.host;
    if (task.kind !== 'upload') void files.dropPart?.(task.place, shown.id).catch(report);
  }

  #add(
    task: TransferTask,
    { isSmall, ...about }: Pick<Transfer, 'direction' | 'name' | 'spaceId' | 'folderId' | 'sizeBytes'> & { isSmall: boolean },
  ): string {
    const id = newId(this.#account.host);
    const start = { doneBytes: 0, bytesPerSecond: 0, state: 'queued', code: null, reason: null, subject: null, revealable: false } as const;
    this.#put({ task, isSmall, shown: { id, ...about, ...start } });
    this.kick();
    return id;
  }

  /** A file within a folder that could not go: a row of its own, so that it is seen and can be tried again. */
  #addRefused(task: Extract<TransferTask, { kind: 'upload' }>, item: { entry: FileEntry; folderId: string; error: unknown }): void {
    const { entry, folderId } = item;
    const failure = failureOf(item.error);
    const shown: Transfer = {
      id: newId(this.#account.host),
      direction: 'up',
      name: entry.name,
      spaceId: task.spaceId,
      folderId,
      sizeBytes: entry.sizeBytes,
      doneBytes: 0,
      bytesPerSecond: 0,
      state: stateOf(failure.code),
      ...failure,
      revealable: false,
    };
    this.#put({ task: { ...task, folderId, reference: entry.reference }, shown });
  }

  #progress(id: string, bytes: number): void {
    const speed = this.#speeds.get(id);
    speed?.add(bytes);
    this.#throttle.run(id, () => {
      const row = this.#account.store.transfers.get(id);
      if (row?.shown.state !== 'running' || speed === undefined) return;
      this.#live.set(id, {
        doneBytes: row.task.kind === 'download_zip' ? speed.total : Math.min(speed.total, row.shown.sizeBytes),
        bytesPerSecond: speed.bytesPerSecond(),
      });
      this.#changed();
    });
  }

  #show(id: string, change: Partial<Transfer>): void {
    if (change.state !== undefined) this.#live.delete(id);
    const row = this.#account.store.transfers.get(id);
    if (row !== undefined) this.#put({ ...row, shown: { ...row.shown, ...change } });
  }

  #row(id: string): StoredTransfer {
    const row = this.#account.store.transfers.get(id);
    if (row === undefined) throw new AppError('not_found', 'No such transfer');
    return row;
  }

  #put(row: StoredTransfer): void {
    this.#account.store.transfers.put(row.shown.id, row);
    this.#changed();
  }

  #changed(): void {
    const { host, accountId } = this.#account;
    host.emit({ type: 'transfers.changed', accountId });
  }
}
