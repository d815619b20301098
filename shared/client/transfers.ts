import { AppError } from '#shared/base/errors.ts';
import { assertNever } from '#shared/base/assert.ts';
import type { Transfer } from '#shared/contract/workspace.ts';
import { decideFile, type FileService } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { failureOf, isPassing, newId, scanPauseMs, waitsForScan, type AccountContext } from './context.ts';
import type { DownloadSource, FileEntry } from './files.ts';
import { releaseFiles } from './release-files.ts';
import { Speed } from './speed.ts';
import type { StoredTransfer, TransferTask } from './stored.ts';
import { Throttle } from './throttle.ts';
import { uploadEntry } from './upload-entry.ts';

/** How many transfers run at once; inside one, packs go in lanes of their own. */
const width = 2;

/** What has still something to do. */
const isOpen = ({ state }: Transfer): boolean => state === 'queued' || state === 'running' || state === 'paused';

/** The uploads and downloads that a person started: in a queue that survives restarts, with progress, cancelling and reasons. */
export class Transfers {
  readonly #account: AccountContext;
  readonly #running = new Map<string, AbortController>();
  /** Those that wait for a virus scan, with how to stop their timers. */
  readonly #held = new Map<string, () => void>();
  readonly #speeds = new Map<string, Speed>();
  /** Progress is shown, never stored: it would cost a flush of the disk for each step. */
  readonly #live = new Map<string, { doneBytes: number; bytesPerSecond: number }>();
  readonly #throttle: Throttle;
  #stopped = false;

  constructor(account: AccountContext) {
    this.#account = account;
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
    for (const release of this.#held.values()) release();
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
    });
  }

  download(task: TransferTask, name: string, sizeBytes: number): string {
    return this.#add(task, { direction: 'down', name, spaceId: null, folderId: null, sizeBytes });
  }

  /** Files and folders as one zip at `place`. */
  downloadZip(nodeIds: readonly string[], place: string): string {
    return this.download({ kind: 'download_zip', nodeIds, place }, place.split(/[/\\]/).at(-1) ?? '', 0);
  }

  /** Stands still until it is resumed, also over a restart; what is on the server by then is not sent again. */
  pause(id: string): void {
    const { state } = this.#row(id).shown;
    if (state !== 'queued' && state !== 'running') return;
    this.#show(id, { state: 'paused', bytesPerSecond: 0 });
    this.#running.get(id)?.abort();
  }

  resume(id: string): void {
    if (this.#row(id).shown.state !== 'paused') return;
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
  }

  retry(id: string): void {
    const { shown } = this.#row(id);
    if (shown.state !== 'failed' && shown.state !== 'refused' && shown.state !== 'cancelled') return;
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

  /** Starts what waits, as far as there is room and a connection. */
  kick(): void {
    if (this.#stopped || !this.#account.isOnline()) return;
    for (const row of this.#account.store.transfers.all()) {
      if (this.#running.size >= width) return;
      if (row.shown.state !== 'queued' || this.#running.has(row.shown.id) || this.#held.has(row.shown.id)) continue;
      const abort = new AbortController();
      this.#running.set(row.shown.id, abort);
      void this.#run(row, abort)
        .catch(this.#account.host.report)
        .finally(() => {
          this.#running.delete(row.shown.id);
          this.#speeds.delete(row.shown.id);
          this.#live.delete(row.shown.id);
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
        const source = await this.#source(task);
        await this.#account.host.files.download(this.#account.transport, source, task.place, options);
      }
      const { sizeBytes } = this.#row(id).shown;
      this.#show(id, { state: 'done', doneBytes: sizeBytes, bytesPerSecond: 0, revealable: task.kind !== 'upload' });
      if (task.kind === 'upload') releaseFiles(this.#account, [task.reference]);
    } catch (cause) {
      this.#failed(id, cause);
    }
  }

  /** Leaves a transfer alone for a while. */
  #hold(id: string): void {
    const release = this.#account.host.clock.after(scanPauseMs, () => {
      this.#held.delete(id);
      this.kick();
    });
    this.#held.set(id, release);
  }

  #forget({ shown, task }: StoredTransfer): void {
    this.#account.store.transfers.remove(shown.id);
    if (task.kind === 'upload') releaseFiles(this.#account, [task.reference]);
  }

  #failed(id: string, cause: unknown): void {
    const row = this.#account.store.transfers.get(id);
    if (row === undefined || row.shown.state === 'cancelled' || row.shown.state === 'paused' || this.#stopped) return;
    const error = AppError.from(cause);
    // What only the network stopped goes on by itself at the next connect; sent chunks are not sent again.
    if (isPassing(error)) return this.#show(id, { state: 'queued', bytesPerSecond: 0 });
    if (waitsForScan(error)) {
      this.#hold(id);
      return this.#show(id, { state: 'queued', bytesPerSecond: 0, ...failureOf(error) });
    }
    if (!(cause instanceof AppError)) this.#account.host.report(cause);
    const state = error.code === 'denied' || error.code === 'too_large' ? 'refused' : 'failed';
    return this.#show(id, { state, bytesPerSecond: 0, ...failureOf(error) });
  }

  async #source(task: Exclude<TransferTask, { kind: 'upload' }>): Promise<DownloadSource> {
    const { server, store } = this.#account;
    switch (task.kind) {
      case 'download_node': {
        const known = store.nodes.get(task.nodeId);
        this.#judge('drive', known?.name ?? '', 0);
        // Listings here leave the lists of chunks out.
        const { versions } = await server['drive.versions']({ nodeId: task.nodeId });
        const wanted = versions.find(({ version }) => task.version === null || version === task.version);
        if (wanted === undefined) throw new AppError('not_found', 'No such version');
        return { kind: 'content', nodeId: task.nodeId, content: wanted.content };
      }
      case 'download_message_file': {
        const file = store.messages.get(task.messageId)?.files.find(({ id }) => id === task.fileId);
        if (file === undefined) throw new AppError('not_found', 'No such file');
        this.#judge('talk', file.name, 0);
        const path = `/api/messages/${encodeURIComponent(task.messageId)}/files/${encodeURIComponent(task.fileId)}`;
        return { kind: 'route', path, contentHash: file.contentHash, sizeBytes: file.sizeBytes };
      }
      case 'download_zip': {
        const nodes = task.nodeIds.map(encodeURIComponent).join(',');
        return { kind: 'stream', path: `/api/archives?nodes=${nodes}` };
      }
      default:
        return assertNever(task, 'transfer');
    }
  }

  /** FIL-01 also stops what comes in. */
  #judge(service: FileService, name: string, sizeBytes: number): void {
    const decision = decideFile({ kind: 'file', direction: 'receive', service, name, sizeBytes }, this.#account.policy());
    if (decision.effect === 'deny') throw denial(decision);
  }

  #add(task: TransferTask, about: Pick<Transfer, 'direction' | 'name' | 'spaceId' | 'folderId' | 'sizeBytes'>): string {
    const id = newId(this.#account.host);
    const start = { doneBytes: 0, bytesPerSecond: 0, state: 'queued', code: null, reason: null, subject: null, revealable: false } as const;
    this.#put({ task, shown: { id, ...about, ...start } });
    this.kick();
    return id;
  }

  /** A file within a folder that could not go: a row of its own, so that it is seen and can be tried again. */
  #addRefused(task: Extract<TransferTask, { kind: 'upload' }>, item: { entry: FileEntry; folderId: string; error: unknown }): void {
    const { entry, folderId } = item;
    const failure = failureOf(item.error);
    const state = failure.code === 'denied' || failure.code === 'too_large' ? 'refused' : 'failed';
    const shown: Transfer = {
      id: newId(this.#account.host),
      direction: 'up',
      name: entry.name,
      spaceId: task.spaceId,
      folderId,
      sizeBytes: entry.sizeBytes,
      doneBytes: 0,
      bytesPerSecond: 0,
      state,
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
      this.#live.set(id, { doneBytes: Math.min(speed.total, row.shown.sizeBytes), bytesPerSecond: speed.bytesPerSecond() });
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
