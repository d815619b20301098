import { join } from 'node:path';
import { sleep } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { Throttle } from '#shared/client/throttle.ts';
import type { SyncIssue, SyncRoot, SyncState } from '#shared/contract/sync.ts';
import type { Keep } from '#shared/sync/keeping.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import type { FreeSettings } from './auto-free.ts';
import { FreeTimer } from './free-timer.ts';
import type { OpenAccount } from './open-account.ts';
import type { FileManager } from './file-manager.ts';
import { openUsable } from './open-usable.ts';
import { PairKeeper } from './pair-keeper.ts';
import { match, refused, requirePc, type Match, type Wish } from './pairing.ts';
import { judgePlace, judgeVolume } from './places.ts';
import { RootEngine } from './root-engine.ts';
import type { RootRecord } from './root-record.ts';
import { RootList } from './root-list.ts';
import type { Activity } from './root-report.ts';
import { issuesOf, rootView } from './root-view.ts';
import type { StartWatching } from './watch.ts';
import type { WholeAccount } from './whole-account.ts';
import { threadWorkshop, type Workshop } from './workshop.ts';

export interface SyncServiceOptions {
  readonly host: SyncHost;
  /** The entry of the worker thread: this folder's `sync-worker.ts`, or what it was bundled to. */
  readonly workerEntry: string | URL;
  readonly watch: StartWatching;
  /** When files that were only opened go again by themselves (EXP-07); never where this is missing. */
  readonly freeSettings?: () => Promise<FreeSettings>;
  /** Where pairs are shown beside the system's own places; nowhere where this is missing. */
  readonly fileManager?: FileManager;
  /** How long a folder must be gone before its pair ends (EXP-06), in milliseconds. */
  readonly graceMilliseconds?: number;
  /** Something that people see of an account's roots may have changed; at most four times a second. */
  onChange(accountId: string): void;
}

const changeMilliseconds = 250;
const restMilliseconds = 50;
const graceMilliseconds = 60_000;

/** Most serious first: what the tray shows when roots differ. */
const ranked: readonly SyncState[] = ['attention', 'logged_out', 'unstable', 'syncing', 'paused', 'done', 'idle'];

/** Keeps the roots of all logged-in accounts in step. */
export class SyncService {
  readonly #options: SyncServiceOptions;
  readonly #workshop: Workshop;
  readonly #changes: Throttle;
  readonly #accounts = new Map<string, OpenAccount>();
  readonly #pairs: PairKeeper;
  readonly #freeing: FreeTimer;

  constructor(options: SyncServiceOptions) {
    this.#options = options;
    this.#workshop = threadWorkshop(options.workerEntry);
    this.#changes = new Throttle(options.host.clock, changeMilliseconds);
    const noSettings: FreeSettings = { freeAfterDays: 0, freeBelowGiB: 0 };
    this.#freeing = new FreeTimer(options.host, options.freeSettings ?? (() => Promise.resolve(noSettings)), () =>
      this.#all().map(({ engine }) => engine),
    );
    this.#freeing.start();
    this.#pairs = new PairKeeper({
      host: options.host,
      graceMilliseconds: options.graceMilliseconds ?? graceMilliseconds,
      isOpen: (open) => this.#accounts.get(open.account.accountId) === open,
      restart: (open, engine, record, between) => this.#restart(open, engine, record, between),
      add: ({ account }, spaceId, folder, keep) => this.addRoot(account.accountId, { spaceId, folder, keep }, true),
      onChange: ({ account }) => options.onChange(account.accountId),
    });
  }

  /**
   * An account was logged in: its roots go on. With `waits` (a reason, ACC-30) they are only listed, as logged out, until the account is
   * closed and opened again without it.
   */
  openAccount(account: SyncAccount, waits: string | null = null): void {
    const list = openUsable(account, 'sync', (database) => new RootList(database));
    const unwatch = account.watch((happening) => this.#heard(account.accountId, happening));
    const open: OpenAccount = { account, list, engines: new Map(), unwatch, waits, tooManyPcs: false, refreshing: Promise.resolve() };
    this.#accounts.set(account.accountId, open);
    for (const record of list.all()) this.#startRoot(open, record);
    if (waits === null) void this.#pairs.refresh(open);
    this.#options.onChange(account.accountId);
  }

  /**
   * An account is about to log out: waits until all that is here is on the server, or nothing more will happen by itself, or `signal` ends that. What
   * remains is in `roots()`.
   */
  async sendRest(accountId: string, signal: AbortSignal): Promise<void> {
    const open = this.#accounts.get(accountId);
    if (open === undefined || open.waits !== null) return;
    const engines = [...open.engines.values()].filter(({ paused }) => !paused);
    for (const engine of engines) engine.lookAgain();
    const waits = () => engines.some((engine) => engine.hasUnsent && !engine.isStuck);
    while (!signal.aborted && waits()) await sleep(this.#options.host.clock, restMilliseconds);
  }

  /** The account is about to be closed: its roots stop; what they know stays. */
  async closeAccount(accountId: string): Promise<void> {
    const open = this.#accounts.get(accountId);
    if (open === undefined) return;
    this.#accounts.delete(accountId);
    open.unwatch();
    await Promise.all([...open.engines.values()].map((engine) => engine.stop()));
    open.list.close();
    this.#options.onChange(accountId);
  }

  async close(): Promise<void> {
    this.#freeing.stop();
    await Promise.all([...this.#accounts.keys()].map((accountId) => this.closeAccount(accountId)));
    await this.#workshop.close();
  }

  /** After a wake-up, or when something may be different: everything is looked at again. */
  nudge(): void {
    for (const { engines } of this.#accounts.values()) for (const engine of engines.values()) engine.nudge();
  }

  /** The rules in force changed: what was skipped may be synced now, and the other way round. */
  policyChanged(accountId: string): void {
    for (const engine of this.#accounts.get(accountId)?.engines.values() ?? []) engine.nudge();
  }

  /** The state that stands for all roots; `idle` where there are none. */
  state(): SyncState {
    const states = new Set(this.roots().map(({ state }) => state));
    return ranked.find((state) => states.has(state)) ?? 'idle';
  }

  roots(): SyncRoot[] {
    return this.#all().map(({ account, engine }) => rootView(engine, account.accountId, this.#issues(engine)));
  }

  /** All roots of all accounts, with what is listed of them, for the diagnostics. */
  engines(): { accountId: string; engine: RootEngine; issues: SyncIssue[] }[] {
    return this.#all().map(({ account, engine }) => ({ accountId: account.accountId, engine, issues: this.#issues(engine) }));
  }

  engine(rootId: string): RootEngine {
    return this.#find(rootId).engine;
  }

  /** An account that is open here. Throws `unauthenticated` where it is not. */
  account(accountId: string): OpenAccount {
    const open = this.#accounts.get(accountId);
    if (open === undefined) throw new AppError('unauthenticated', 'Not logged in to this account');
    return open;
  }

  /** The engines of an account's pairs within one space, those that have not ended. */
  enginesOf(accountId: string, spaceId: string): RootEngine[] {
    const engines = [...(this.#accounts.get(accountId)?.engines.values() ?? [])];
    return engines.filter(({ record, stopped }) => record.spaceId === spaceId && record.ended === undefined && !stopped);
  }

  get host(): SyncHost {
    return this.#options.host;
  }
  get workshop(): Workshop {
    return this.#workshop;
  }

  /** Pairs a space, or a folder of it, with a folder here. Throws `invalid` with the reason where EXP-02, EXP-04 or EXP-05 say no. */
  async addRoot(accountId: string, wish: Wish, whole = false): Promise<string> {
    const open = this.account(accountId);
    const { record, space } = await this.match(accountId, wish, whole);
    await requirePc(open.account);
    const { clock, random } = this.#options.host;
    const rootId = uuidv7(clock.now(), random(10));
    const made: RootRecord = { ...record, rootId, paused: false, ...(whole ? { whole } : {}) };
    open.list.put(made);
    this.#startRoot(open, made, space.permission === 'edit');
    if (!whole) this.#shown((manager) => manager.show({ folder: made.folder, label: `Hikyaku ${made.spaceName}` }));
    this.#options.onChange(accountId);
    return rootId;
  }

  /** What a wish comes to, or why it may not be, before anything is done. */
  match(accountId: string, wish: Wish, whole = false): Promise<Match> {
    const { account, list } = this.account(accountId);
    const folders = this.#all().map(({ engine }) => engine.record.folder);
    return match(account, wish, list.all(), folders, whole);
  }

  /** The accounts in whole-account mode. */
  wholes(): (WholeAccount & { accountId: string })[] {
    return [...this.#accounts.values()].flatMap(({ account, list }) => {
      const whole = list.whole();
      return whole === null ? [] : [{ ...whole, accountId: account.accountId }];
    });
  }

  /** Whole-account mode: each drive that has no pair gets one, now and later. Throws `invalid` with the reason as for a pair. */
  async addWhole(accountId: string, whole: WholeAccount): Promise<void> {
    const open = this.account(accountId);
    if (open.list.whole() !== null) throw refused('account_in_use');
    const rules = open.account.policy().sync;
    const folders = this.#all().map(({ engine }) => engine.record.folder);
    const { folder, refusal } = judgePlace(whole.folder, folders, { accountId, spaceId: '' }, rules);
    const reason = refusal ?? (await judgeVolume(folder, rules));
    if (reason !== null) throw refused(reason);
    await requirePc(open.account);
    open.list.setWhole({ ...whole, folder });
    await this.#pairs.refresh(open);
    this.#options.onChange(accountId);
  }

  /** Its pairs end with it; the files stay. */
  async removeWhole(accountId: string): Promise<void> {
    const { list } = this.account(accountId);
    list.setWhole(null);
    for (const { rootId, whole } of list.all()) if (whole === true) await this.removeRoot(rootId);
    this.#options.onChange(accountId);
  }

  /** What becomes of files that nobody decided on, from now on. */
  setRootKeep(rootId: string, keep: Keep): void {
    const { open, account, engine } = this.#find(rootId);
    engine.record = { ...engine.record, keep };
    open.list.put(engine.record);
    engine.nudge();
    this.#options.onChange(account.accountId);
  }

  /** Ends a pair. The files stay on both sides; our own folder in the root stays too, since people's old bytes may lie in it. */
  async removeRoot(rootId: string): Promise<void> {
    const { open, account, engine } = this.#find(rootId);
    open.engines.delete(rootId);
    await engine.stop();
    engine.forget();
    open.list.delete(rootId);
    this.#shown((manager) => manager.withdraw(engine.record.folder));
    this.#options.onChange(account.accountId);
  }

  /** The file manager is a courtesy: what fails there is told to nobody but the log. */
  #shown(act: (manager: FileManager) => void): void {
    try {
      if (this.#options.fileManager !== undefined) act(this.#options.fileManager);
    } catch (error) {
      this.#options.host.report(error);
    }
  }

  /** `minutes`: it goes on by itself after them, also when the program was started anew meanwhile. */
  setPaused(rootId: string | null, paused: boolean, minutes?: number): void {
    const pausedUntil = minutes === undefined ? undefined : this.#options.host.clock.now() + minutes * 60_000;
    for (const { open, account, engine } of rootId === null ? this.#all() : [this.#find(rootId)]) {
      engine.record = { ...engine.record, paused, pausedUntil };
      open.list.put(engine.record);
      engine.setPaused(paused, pausedUntil ?? null);
      this.#options.onChange(account.accountId);
    }
  }

  issues(rootId: string): SyncIssue[] {
    return this.#issues(this.#find(rootId).engine);
  }

  activity(rootId: string): (Activity & { rootId: string })[] {
    return this.#find(rootId)
      .engine.report.activity()
      .map((activity) => ({ ...activity, rootId }));
  }

  /** The place on disk of something in a root. Throws `denied` for a path that leads out of it. */
  placeOf(rootId: string, path = ''): string {
    const { engine } = this.#find(rootId);
    if (path.split(/[/\\]/).includes('..')) throw new AppError('denied', 'Not a path within the root');
    return join(engine.record.folder, path);
  }

  #startRoot(open: OpenAccount, record: RootRecord, writable = true): void {
    const { host, watch } = this.#options;
    const { account } = open;
    const onChange = () =>
      this.#changes.run(account.accountId, () => {
        this.#pairs.lookForEnds(open);
        this.#options.onChange(account.accountId);
      });
    const engine = new RootEngine(record, { account, host, watch, workshop: this.#workshop, onChange });
    engine.report.writable = writable;
    open.engines.set(record.rootId, engine);
    if (open.waits !== null) engine.waitForLogin(open.waits);
    else if (open.tooManyPcs) engine.halted = 'too_many_pcs';
    else if (record.ended === undefined) engine.start();
  }

  #heard(accountId: string, happening: Parameters<Parameters<SyncAccount['watch']>[0]>[0]): void {
    const open = this.#accounts.get(accountId);
    if (open === undefined) return;
    const engines = [...open.engines.values()];
    switch (happening.type) {
      case 'drive.changed':
        for (const engine of engines) if (engine.record.spaceId === happening.spaceId) engine.remoteHint();
        return;
      case 'connection':
        for (const engine of engines) {
          if (happening.state === 'online') engine.online();
          else if (happening.state === 'offline') engine.lineLost();
        }
        return;
      case 'spaces.changed':
        void this.#pairs.refresh(open);
        return;
      default:
    }
  }

  /** Asks the server about this PC and the drives of an account now. */
  refresh(accountId: string): Promise<void> {
    return this.#pairs.refresh(this.account(accountId));
  }
  /** Frees by the settings now. */
  freeNow(): Promise<void> {
    return this.#freeing.run();
  }

  /** The same pair under another record; `between` is done while nobody works on it. Goes on as before where that fails. */
  async #restart(open: OpenAccount, engine: RootEngine, record: RootRecord, between: () => void = () => undefined): Promise<void> {
    if (open.engines.get(record.rootId) !== engine) return;
    open.engines.delete(record.rootId);
    const { writable } = engine.report;
    await engine.stop();
    if (this.#accounts.get(open.account.accountId) !== open) return;
    let next = record;
    try {
      between();
    } catch (error) {
      this.#options.host.report(error);
      next = engine.record;
    }
    open.list.put(next);
    this.#startRoot(open, next, writable);
    this.#options.onChange(open.account.accountId);
  }

  #issues(engine: RootEngine): SyncIssue[] {
    return issuesOf(engine, this.#options.host.clock.now());
  }

  #all(): { open: OpenAccount; account: SyncAccount; engine: RootEngine }[] {
    return [...this.#accounts.values()].flatMap((open) =>
      [...open.engines.values()].map((engine) => ({ open, account: open.account, engine })),
    );
  }

  #find(rootId: string) {
    const found = this.#all().find(({ engine }) => engine.record.rootId === rootId);
    if (found === undefined) throw new AppError('not_found', 'No such root');
    return found;
  }
}
