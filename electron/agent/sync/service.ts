import { join } from 'node:path';
import { sleep } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { Throttle } from '#shared/client/throttle.ts';
import { connect } from '#shared/contract/operation.ts';
import type { SyncIssue, SyncRoot, SyncState } from '#shared/contract/sync.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Space } from '#shared/model/drive.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import { openUsable } from './open-usable.ts';
import { judgePlace, mostRoots } from './places.ts';
import { RootEngine } from './root-engine.ts';
import type { RootRecord } from './root-record.ts';
import { RootList } from './root-list.ts';
import type { Activity } from './root-report.ts';
import { issuesOf, rootView } from './root-view.ts';
import type { StartWatching } from './watch.ts';
import { threadWorkshop, type Workshop } from './workshop.ts';

export interface SyncServiceOptions {
  readonly host: SyncHost;
  /** The entry of the worker thread: this folder's `sync-worker.ts`, or what it was bundled to. */
  readonly workerEntry: string | URL;
  readonly watch: StartWatching;
  /** Something that people see of an account's roots may have changed; at most four times a second. */
  onChange(accountId: string): void;
}

interface OpenAccount {
  readonly account: SyncAccount;
  readonly list: RootList;
  readonly engines: Map<string, RootEngine>;
  readonly unwatch: () => void;
  /** Why nothing of it moves before a login with a password; null when nothing stands in the way. */
  readonly waits: string | null;
}

const changeMilliseconds = 250;
const restMilliseconds = 50;

/** Most serious first: what the tray shows when roots differ. */
const ranked: readonly SyncState[] = ['attention', 'logged_out', 'unstable', 'syncing', 'paused', 'done', 'idle'];

/** Keeps the roots of all logged-in accounts in step. */
export class SyncService {
  readonly #options: SyncServiceOptions;
  readonly #workshop: Workshop;
  readonly #changes: Throttle;
  readonly #accounts = new Map<string, OpenAccount>();

  constructor(options: SyncServiceOptions) {
    this.#options = options;
    this.#workshop = threadWorkshop(options.workerEntry);
    this.#changes = new Throttle(options.host.clock, changeMilliseconds);
  }

  /**
   * An account was logged in: its roots go on. With `waits` (a reason, ACC-30) they are only listed, as logged out, until the account is
   * closed and opened again without it.
   */
  openAccount(account: SyncAccount, waits: string | null = null): void {
    const list = openUsable(account, 'sync', (database) => new RootList(database));
    const unwatch = account.watch((happening) => this.#heard(account.accountId, happening));
    const open: OpenAccount = { account, list, engines: new Map(), unwatch, waits };
    this.#accounts.set(account.accountId, open);
    for (const record of list.all()) this.#startRoot(open, record);
    if (waits === null) void this.#readSpaces(open);
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

  /** Pairs a space with a folder. Throws `invalid` with the reason where EXP-04 or EXP-05 say no. */
  async addRoot(accountId: string, spaceId: string, chosen: string): Promise<string> {
    const open = this.#accounts.get(accountId);
    if (open === undefined) throw new AppError('unauthenticated', 'Not logged in to this account');
    if (open.list.all().length >= mostRoots) throw refused('too_many_roots', String(mostRoots));
    if (open.list.all().some((record) => record.spaceId === spaceId)) throw refused('space_in_use');
    const { folder, refusal } = judgePlace(
      chosen,
      this.#all().map(({ engine }) => engine.record.folder),
      { accountId, spaceId },
    );
    if (refusal !== null) throw refused(refusal);
    const space = (await this.#spaces(open)).find(({ id }) => id === spaceId);
    if (space === undefined) throw new AppError('not_found', 'No such space');
    const { clock, random } = this.#options.host;
    const rootId = uuidv7(clock.now(), random(10));
    const { name: spaceName, kind: spaceKind, rootId: topId } = space;
    const record: RootRecord = { rootId, spaceId, spaceName, spaceKind, topId, folder, paused: false };
    open.list.put(record);
    this.#startRoot(open, record, space.permission === 'edit');
    this.#options.onChange(accountId);
    return rootId;
  }

  /** Ends a pair. The files stay on both sides; our own folder in the root stays too, since people's old bytes may lie in it. */
  async removeRoot(rootId: string): Promise<void> {
    const { open, account, engine } = this.#find(rootId);
    open.engines.delete(rootId);
    await engine.stop();
    engine.forget();
    open.list.delete(rootId);
    this.#options.onChange(account.accountId);
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
    const onChange = () => this.#changes.run(account.accountId, () => this.#options.onChange(account.accountId));
    const engine = new RootEngine(record, { account, host, watch, workshop: this.#workshop, onChange });
    engine.report.writable = writable;
    open.engines.set(record.rootId, engine);
    if (open.waits === null) engine.start();
    else engine.waitForLogin(open.waits);
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
        void this.#readSpaces(open);
        return;
      default:
    }
  }

  /** Names and rights of the spaces; what cannot be asked now is asked again with the next connection. */
  async #readSpaces(open: OpenAccount): Promise<void> {
    try {
      const spaces = new Map((await this.#spaces(open)).map((space) => [space.id, space]));
      if (this.#accounts.get(open.account.accountId) !== open) return;
      for (const engine of open.engines.values()) {
        const space = spaces.get(engine.record.spaceId);
        if (space !== undefined && engine.record.spaceKind === undefined) {
          engine.record = { ...engine.record, paused: engine.paused, spaceKind: space.kind };
          open.list.put(engine.record);
          this.#options.onChange(open.account.accountId);
        }
        if (space !== undefined && engine.report.writable !== (space.permission === 'edit')) {
          engine.report.writable = space.permission === 'edit';
          engine.nudge();
        }
      }
    } catch (error) {
      if (AppError.from(error).code === 'internal') this.#options.host.report(error);
    }
  }

  async #spaces({ account }: OpenAccount): Promise<Space[]> {
    return (await connect(tenant, account.transport.call)['drive.spaces']({})).spaces;
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

const refused = (reason: string, subject?: string) =>
  new AppError('invalid', `This folder cannot be synced: ${reason}`, {
    details: { reason, ...(subject === undefined ? {} : { subject }) },
  });
