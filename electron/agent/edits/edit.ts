import { readdirSync } from 'node:fs';
import path from 'node:path';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import { failureOf, isPassing, scanPauseMs, waitsForScan, type ClientHost } from '#shared/client/context.ts';
import type { Edit as Shown } from '#shared/client/desktop-files.ts';
import { Holds } from '#shared/client/holds.ts';
import { isIgnored } from '#shared/sync/ignore.ts';
import { readContent } from '../transfer/read-content.ts';
import type { StartWatching, Watcher } from '../sync/watch.ts';
import { folderOf, writeRecord, type EditRecord } from './edit-record.ts';
import { saveFile, type Target } from './save-file.ts';

/** A program writes several times when it saves: looked at once it is quiet for so long, in milliseconds. */
const quietMs = 500;
/** A document that its program let go of is closed after this, in milliseconds. */
const letGoMs = 3_000;

export interface EditParts {
  readonly core: AccountCore;
  readonly host: Pick<ClientHost, 'clock' | 'report'>;
  readonly root: string;
  readonly watch: StartWatching;
  /** Device and time, for the names of copies. */
  label(): string;
  /** Its state changed. */
  onChange(): void;
  /** Its program closed the document, and everything is sent. */
  onLetGo(): void;
}

/** One file that is open in another program: watched, and sent whenever it was saved. */
export class Edit {
  readonly #parts: EditParts;
  readonly #holds: Holds;
  #record: EditRecord;
  #state: Pick<Shown, 'state' | 'reason' | 'subject'>;
  #watcher: Promise<Watcher | null> | null = null;
  #cancelQuiet = () => {};
  #cancelLetGo = () => {};
  #looking: Promise<void> = Promise.resolve();
  #wasHeld = false;
  #stopped = false;
  readonly #abort = new AbortController();

  constructor(parts: EditParts, record: EditRecord, state: Shown['state'] = 'open') {
    this.#parts = parts;
    this.#record = record;
    this.#state = { state, reason: null, subject: null };
    this.#holds = new Holds(parts.host.clock, () => void this.look());
  }

  get record(): EditRecord {
    return this.#record;
  }

  get folder(): string {
    return folderOf(this.#parts.root, this.#record.id);
  }

  shown(): Shown {
    const { id, nodeId, name } = this.#record;
    return { id, nodeId, name, ...this.#state };
  }

  update(change: Partial<EditRecord>): void {
    this.#record = { ...this.#record, ...change };
    writeRecord(this.#parts.root, this.#record);
  }

  /** Begins to watch. Resolves when nothing that happens from now on is missed. */
  async start(): Promise<void> {
    this.#say('open');
    this.#watcher ??= this.#parts.watch(this.folder, { hint: () => this.#soon(), doubt: () => this.#soon() }).catch((error: unknown) => {
      this.#parts.host.report(error);
      return null;
    });
    await this.#watcher;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abort.abort();
    this.#cancelQuiet();
    this.#cancelLetGo();
    this.#holds.releaseAll();
    await this.#looking.catch(() => undefined);
    await (await this.#watcher)?.close().catch(this.#parts.host.report);
  }

  /** Looks now, and sends what is new; resolves when that was tried. Never rejects for what a file or the server is like. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look()).catch(this.#parts.host.report);
    return this.#looking;
  }

  /** The files whose bytes are not in Drive, as they are now. */
  unsent(): Promise<string[]> {
    return unsentOf(this.#parts.root, this.#record);
  }

  #soon(): void {
    this.#cancelQuiet();
    if (!this.#stopped) this.#cancelQuiet = this.#parts.host.clock.after(quietMs, () => void this.look());
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    for (const name of namesIn(this.folder, this.#record.diskName)) {
      if (this.#holds.has(name)) continue;
      try {
        await this.#save(name);
        this.#holds.clear(name);
      } catch (error) {
        this.#failed(name, error);
      }
    }
    this.#watchHolder();
  }

  async #save(name: string): Promise<void> {
    const { core, label } = this.#parts;
    const { files, spaceId, parentId, diskName } = this.#record;
    const isOwn = name === diskName;
    const target: Target = { spaceId, parentId, name: isOwn ? this.#record.name : name, known: files[name] ?? null, label: label() };
    if (!core.isOnline()) {
      if ((await this.unsent()).includes(name)) throw new AppError('unavailable', 'Not online');
      return;
    }
    const saved = await saveFile(core, path.join(this.folder, name), target, {
      onBegin: () => this.#say('saving'),
      signal: this.#abort.signal,
    });
    if (saved.kind === 'same') return;
    this.update({ files: { ...this.#record.files, [name]: saved.known }, ...(isOwn ? { name: saved.name } : {}) });
    core.drive.changed(spaceId);
    if (saved.kind === 'copied') this.#say('conflict', null, saved.name);
    else if (this.#state.state !== 'conflict') this.#say('saved');
  }

  #failed(name: string, cause: unknown): void {
    if (this.#stopped) return;
    const error = AppError.from(cause);
    const reason = reasonOf(error);
    // Programs that replace a file take it away for a moment.
    if (reason === 'file_missing') return;
    if (reason === 'file_changed') return this.#soon();
    if (isPassing(error)) {
      this.#holds.backOff(name);
      return this.#say('saving');
    }
    if (waitsForScan(error)) this.#holds.hold(name, scanPauseMs);
    if (!(cause instanceof AppError)) this.#parts.host.report(cause);
    const failure = failureOf(error);
    this.#say('failed', failure.reason ?? failure.code, failure.subject);
  }

  /** The server answers (again). */
  retry(): Promise<void> {
    this.#holds.releaseAll();
    return this.look();
  }

  /** Office programs keep a lock file beside a document as long as they have it open. */
  #watchHolder(): void {
    const isHeld = readdirSync(this.folder).some((name) => /^~\$|^\.~lock\..*#$/.test(name));
    this.#cancelLetGo();
    if (isHeld) this.#wasHeld = true;
    else if (this.#wasHeld && this.#state.state !== 'failed')
      this.#cancelLetGo = this.#parts.host.clock.after(letGoMs, () => this.#parts.onLetGo());
  }

  #say(state: Shown['state'], reason: string | null = null, subject: string | null = null): void {
    const isSame = state === this.#state.state && reason === this.#state.reason && subject === this.#state.subject;
    this.#state = { state, reason, subject };
    if (!isSame) this.#parts.onChange();
  }
}

/** Names that programs give to what they only need while they write. */
const isTemporary = (name: string): boolean =>
  isIgnored(name) || name.startsWith('.') || /(~|\.(tmp|temp|swp|bak|part))$|^4913$/i.test(name);

/** What is looked at: the file itself first, then what a person saved beside it; no locks and temporary files. */
function namesIn(folder: string, diskName: string): string[] {
  const found = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && !isTemporary(entry.name));
  const names = found.map(({ name }) => name);
  return [...names.filter((name) => name === diskName), ...names.filter((name) => name !== diskName)];
}

/** The files of an edit whose bytes are not in Drive, as they are now. */
export async function unsentOf(root: string, { id, diskName, files }: EditRecord): Promise<string[]> {
  const folder = folderOf(root, id);
  const unsent: string[] = [];
  for (const name of namesIn(folder, diskName)) {
    const outcome = await readContent(path.join(folder, name));
    const isKnown = outcome.kind === 'read' && outcome.file.content.contentHash === files[name]?.contentHash;
    if (outcome.kind !== 'gone' && !isKnown) unsent.push(name);
  }
  return unsent;
}
