import { AppError, reasonOf } from '#shared/base/errors.ts';
import { sleep } from '#shared/base/clock.ts';
import type { Outgoing } from '#shared/contract/workspace.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { failureOf, isPassing, newId, scanPauseMs, type AccountContext } from './context.ts';
import type { FileEntry } from './files.ts';
import { releaseFiles } from './release-files.ts';
import type { OutgoingFile, StoredOutgoing } from './stored.ts';
import { Throttle } from './throttle.ts';

/** Pause after the server asked for patience, in milliseconds. */
const busyPauseMs = 2_000;
const mostUploadTries = 3;

/** Messages on their way: safe in the store first, sent one after the other in each room, each exactly once by its id. */
export class Outbox {
  readonly #account: AccountContext;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #aborts = new Map<string, AbortController>();
  /** Messages whose files were sent again because the server no longer had them; once each. */
  readonly #mended = new Set<string>();
  readonly #progress: Throttle;
  #stopped = false;

  constructor(account: AccountContext) {
    this.#account = account;
    this.#progress = new Throttle(account.host.clock, 200);
  }

  /** What was under way when the program ended waits again. */
  start(): void {
    const { store } = this.#account;
    for (const row of store.outgoing.all()) if (row.state === 'sending') store.outgoing.put(row.id, { ...row, state: 'waiting' });
    this.kick();
  }

  stop(): void {
    this.#stopped = true;
    this.#progress.stop();
    for (const abort of this.#aborts.values()) abort.abort();
  }

  /** Takes a message in; when this returns it survives everything but the loss of the disk. */
  add(
    roomId: string,
    text: string,
    mentions: readonly string[],
    entries: readonly FileEntry[],
    fromDrive: readonly OutgoingFile[] = [],
  ): string {
    const { store, host } = this.#account;
    const id = newId(host);
    const files = entries.map(({ name, sizeBytes, reference }): OutgoingFile => ({
      name,
      sizeBytes,
      sentBytes: 0,
      reference,
      content: null,
    }));
    files.push(...fromDrive);
    const row = { id, roomId, text, mentions: [...mentions], files, createdAt: host.clock.now() };
    store.transaction(() => {
      store.outgoing.put(id, { ...row, state: this.#account.isOnline() ? 'sending' : 'waiting', code: null, reason: null, subject: null });
      store.drafts.remove(roomId);
    });
    this.#changed(roomId);
    this.#kickRoom(roomId);
    return id;
  }

  /** Messages of a room that are not on the server, in the order written. */
  ofRoom(roomId: string): Outgoing[] {
    const rows = this.#account.store.outgoing.all().filter((row) => row.roomId === roomId);
    return rows.map(({ mentions: _mentions, files, ...row }) => ({
      ...row,
      files: files.map(({ name, sizeBytes, sentBytes }) => ({ name, sizeBytes, sentBytes })),
    }));
  }

  /** Sends a failed message again. */
  retry(id: string): void {
    const row = this.#row(id);
    this.#mended.delete(id);
    this.#put({ ...row, state: 'waiting', code: null, reason: null, subject: null });
    this.#kickRoom(row.roomId);
  }

  /** Takes a message back out; refused once the server may have it. */
  takeBack(id: string): string {
    const row = this.#row(id);
    if (row.state === 'sending' && row.files.every(({ content }) => content !== null)) {
      throw new AppError('conflict', 'The message is being sent', { details: { reason: 'already_sending' } });
    }
    this.#aborts.get(id)?.abort();
    this.#account.store.outgoing.remove(id);
    this.#release(row);
    this.#changed(row.roomId);
    return row.text;
  }

  /** Tries everything that waits. */
  kick(): void {
    for (const roomId of new Set(this.#account.store.outgoing.all().map((row) => row.roomId))) this.#kickRoom(roomId);
  }

  #kickRoom(roomId: string): void {
    if (this.#stopped || this.#lanes.has(roomId) || !this.#account.isOnline()) return;
    const lane = this.#lane(roomId)
      .catch(this.#account.host.report)
      .finally(() => this.#lanes.delete(roomId));
    this.#lanes.set(roomId, lane);
  }

  async #lane(roomId: string): Promise<void> {
    for (;;) {
      const next = this.#account.store.outgoing.all().find((row) => row.roomId === roomId && row.state !== 'failed');
      if (next === undefined || this.#stopped || !this.#account.isOnline()) return;
      if (!(await this.#send(next))) return;
    }
  }

  /** False when the lane has to wait for the connection. */
  async #send(row: StoredOutgoing): Promise<boolean> {
    const { store, server, memberId } = this.#account;
    if (row.state !== 'sending') this.#put({ ...row, state: 'sending' });
    try {
      await this.#upload(row.id);
      const ready = store.outgoing.get(row.id);
      if (ready === undefined) return true;
      const files = ready.files.map(({ name, sizeBytes, content, through }) => ({
        name,
        sizeBytes,
        ...(through === undefined ? {} : { through }),
        contentHash: content!.contentHash,
        chunks: content!.chunks,
      }));
      const { message } = await server['message.send']({ id: row.id, roomId: row.roomId, text: row.text, mentions: row.mentions, files });
      // Undone by a power cut, it is sent again under the same id and found to be there.
      store.refresh(() => {
        store.outgoing.remove(row.id);
        store.messages.put(message);
        const room = store.rooms.get(message.roomId);
        if (room === undefined || room.lastSequence > message.sequence) return;
        const me = message.senderId === memberId ? { ...room.me, lastReadSequence: message.sequence, mentions: 0 } : room.me;
        store.rooms.put(room.id, { ...room, lastSequence: message.sequence, lastMessage: message, me });
      });
      this.#release(row);
      this.#changed(row.roomId);
      return true;
    } catch (cause) {
      return this.#failed(row.id, AppError.from(cause), cause);
    }
  }

  async #failed(id: string, error: AppError, cause: unknown): Promise<boolean> {
    const { store, host } = this.#account;
    const row = store.outgoing.get(id);
    if (row === undefined) return true;
    if (isPassing(error)) {
      this.#put({ ...row, state: 'waiting' });
      if (error.code !== 'rate_limited') return false;
      await sleep(host.clock, busyPauseMs);
      return true;
    }
    if (reasonOf(error) === 'scan_pending') {
      this.#put({ ...row, state: 'waiting', ...failureOf(error) });
      await sleep(host.clock, scanPauseMs);
      return true;
    }
    if (reasonOf(error) === 'missing_chunks' && !this.#mended.has(id)) {
      // What was sent long ago has been cleared away on the server: the files go once more.
      this.#mended.add(id);
      const unsent = (file: OutgoingFile): OutgoingFile => (file.through === undefined ? { ...file, sentBytes: 0, content: null } : file);
      this.#put({ ...row, state: 'sending', files: row.files.map(unsent) });
      return true;
    }
    if (error.code === 'internal' && !(cause instanceof AppError)) host.report(cause);
    this.#put({ ...row, state: 'failed', ...failureOf(error) });
    return true;
  }

  /** Brings the files of a message to the server, judged before their first byte is read (FIL-01, FIL-09). */
  async #upload(id: string): Promise<void> {
    const { store, host, transport } = this.#account;
    const files = store.outgoing.get(id)?.files ?? [];
    for (const { name, sizeBytes, through } of files) {
      const linked = through === undefined ? {} : { through };
      const decision = decideFile({ kind: 'file', direction: 'send', service: 'talk', name, sizeBytes, ...linked }, this.#account.policy());
      if (decision.effect === 'deny') throw denial(decision);
    }
    for (const [index, file] of files.entries()) {
      if (file.content !== null) continue;
      if (file.through === 'drive') {
        this.#putFile(id, index, { content: await this.#contentThere(file) });
        continue;
      }
      const abort = new AbortController();
      this.#aborts.set(id, abort);
      try {
        for (let tries = 1; ; tries += 1) {
          let sent = 0;
          const onProgress = (bytes: number) => {
            sent += bytes;
            this.#progress.run(id, () => this.#putFile(id, index, { sentBytes: Math.min(sent, file.sizeBytes) }));
          };
          try {
            const content = await host.files.upload(transport, file.reference, { onProgress, signal: abort.signal });
            const { contentHash, chunks } = content;
            const whole = { contentHash, sizeBytes: content.sizeBytes, chunks };
            this.#putFile(id, index, { content: whole, sizeBytes: content.sizeBytes, sentBytes: content.sizeBytes });
            break;
          } catch (error) {
            if (reasonOf(error) !== 'file_changed' || tries === mostUploadTries) throw error;
          }
        }
      } finally {
        this.#aborts.delete(id);
      }
    }
  }

  /** What a file of Drive holds; for one that changed since it was attached, what it holds now. */
  async #contentThere({ reference }: OutgoingFile): Promise<OutgoingFile['content']> {
    const [current] = (await this.#account.server['drive.versions']({ nodeId: reference })).versions;
    if (current === undefined) throw new AppError('not_found', 'No such file', { details: { reason: 'missing' } });
    const { contentHash, sizeBytes, chunks } = current.content;
    return { contentHash, sizeBytes, chunks };
  }

  #putFile(id: string, index: number, change: Partial<OutgoingFile>): void {
    const row = this.#account.store.outgoing.get(id);
    if (row === undefined || row.state === 'failed') return;
    this.#put({ ...row, files: row.files.map((file, at) => (at === index && file.content === null ? { ...file, ...change } : file)) });
  }

  #release({ files }: StoredOutgoing): void {
    releaseFiles(
      this.#account,
      files.filter(({ through }) => through === undefined).map(({ reference }) => reference),
    );
  }

  #row(id: string): StoredOutgoing {
    const row = this.#account.store.outgoing.get(id);
    if (row === undefined) throw new AppError('not_found', 'No such message on its way');
    return row;
  }

  #put(row: StoredOutgoing): void {
    this.#account.store.outgoing.put(row.id, row);
    this.#changed(row.roomId);
  }

  #changed(roomId: string): void {
    const { host, accountId } = this.#account;
    host.emit({ type: 'messages.changed', accountId, roomId });
  }
}
