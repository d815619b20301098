import { assert } from '#shared/base/assert.ts';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import { isPassing } from '#shared/client/context.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { Plan } from '#shared/sync/plan.ts';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import { conflictLabel } from './conflict-label.ts';
import { countingTransport, type Traffic } from './counting.ts';
import type { FailureBook } from './failures.ts';
import type { FileSystem } from './file-system.ts';
import { massDelete } from './guards.ts';
import { look } from './observing.ts';
import { openUsable } from './open-usable.ts';
import { repeatPending } from './mutations.ts';
import { Progress } from './progress.ts';
import { pull } from './pull.ts';
import { nodeDisk, rootTrouble, unmarkRoot, type RootTrouble } from './root-folder.ts';
import { holdRoot, knownTrouble, type HeldRoot } from './root-hold.ts';
import type { RootRecord } from './root-record.ts';
import type { RootContext } from './root-context.ts';
import { RootReport } from './root-report.ts';
import { runRound, thereKinds, verdictOf } from './round.ts';
import { StateStore } from './state-store.ts';
import { Turns } from './turns.ts';
import { Debounce, type StartWatching } from './watch.ts';
import type { Workshop } from './workshop.ts';

export interface RootEngineOptions {
  readonly account: SyncAccount;
  readonly host: SyncHost;
  readonly workshop: Workshop;
  readonly watch: StartWatching;
  /** Called when what people see of the root may have changed. */
  readonly onChange: () => void;
}

/** Why a root stands still. */
export type Halt = RootTrouble | 'mass_delete' | 'server_reset' | 'access_lost' | 'service_denied' | 'disk_full';
export type Connection = 'unknown' | 'online' | 'offline' | 'logged_out';

const mostRounds = 200;
const scanMilliseconds = 45 * 60_000;
const pollMilliseconds = 60_000;
const haltedMilliseconds = 10_000;
const longestPause = 60_000;
/** How long a root says that it has just finished. */
const doneMilliseconds = 3_000;

/**
 * Keeps one folder in step with one space: looks, plans, carries out, and looks again until there is nothing to do. One pass at a time;
 * everything else (watcher, events, timers, people) only wakes it. No hint is believed, and nothing is decided by time.
 */
export class RootEngine {
  record: RootRecord;
  readonly traffic: Traffic = { requests: 0, bytesUp: 0, bytesDown: 0 };
  readonly report: RootReport;
  readonly progress: Progress;
  readonly turns = new Turns();
  halted: Halt | null = null;
  connection: Connection = 'unknown';
  /** Why it was not started; null when it was. */
  waits: string | null = null;
  lastAnswerAt: number | null = null;
  working = false;
  readonly #options: RootEngineOptions;
  readonly #store: StateStore;
  readonly #transport: Transport;
  readonly #stop = new AbortController();
  readonly #debounce: Debounce;
  #paused: boolean;
  #held: HeldRoot | null = null;
  #dirty: Set<string> | null = null;
  #changedThere = true;
  #scannedAt: number | null = null;
  #pulledAt: number | null = null;
  #frozen: ReadonlyMap<string, string> = new Map();
  #allowed = { here: false, there: false };
  #plan: Plan | null = null;
  #attempts = 0;
  #settled = false;
  #finishedAt: number | null = null;
  #wake: () => void = () => undefined;
  #woken = false;
  #loop: Promise<void> | null = null;

  constructor(record: RootRecord, options: RootEngineOptions) {
    this.record = record;
    this.#options = options;
    this.#paused = record.paused;
    this.#store = openUsable(options.account, `sync-${record.rootId}`, (database) => new StateStore(database));
    this.report = new RootReport(this.#store, options.host.clock, options.onChange);
    this.progress = new Progress(options.host.clock, options.onChange);
    this.#transport = countingTransport(options.account.transport, this.traffic, () => (this.lastAnswerAt = options.host.clock.now()));
    this.#debounce = new Debounce(options.host.clock, (folders) => this.#look(folders));
  }

  /**
   * True only when remote, local and synced are one (but for what is listed as skipped), nothing has happened since as far as anybody
   * knows, and all of the disk was looked at lately.
   */
  get inStep(): boolean {
    return this.isCalm && !this.working && this.#dirty?.size === 0 && !this.#changedThere;
  }
  /** The last pass ended in step, and none has found anything to do since; somebody may just be looking. */
  get isCalm(): boolean {
    const age = this.#scannedAt === null ? Infinity : this.#options.host.clock.monotonic() - this.#scannedAt;
    return this.#settled && !this.#paused && age < 2 * scanMilliseconds;
  }
  /** Something was done a moment ago, and now all is in step. */
  get justDone(): boolean {
    return this.#finishedAt !== null && this.isCalm && this.#options.host.clock.monotonic() - this.#finishedAt < doneMilliseconds;
  }
  /** Something here is not on the server, as far as anybody knows. */
  get hasUnsent(): boolean {
    return this.#dirty === null || this.#dirty.size > 0 || this.#plan === null || this.#plan.steps.some(({ kind }) => thereKinds.has(kind));
  }
  /** Nothing more will happen by itself soon: it waits for a person, or for the server. */
  get isStuck(): boolean {
    if (this.working || this.#woken) return false;
    return this.halted !== null || this.connection !== 'online' || (this.failures?.all.length ?? 0) > 0;
  }
  get paused(): boolean {
    return this.#paused;
  }
  get #files(): FileSystem {
    return (this.#options.host.disk ?? nodeDisk).files;
  }
  get store(): StateStore {
    return this.#store;
  }
  get plan(): Plan | null {
    return this.#plan;
  }
  get frozen(): ReadonlyMap<string, string> {
    return this.#frozen;
  }
  get failures(): FailureBook | null {
    return this.#held?.context.failures ?? null;
  }

  start(): void {
    assert(this.#loop === null, 'started once');
    this.#loop = this.#run().catch(this.#options.host.report);
  }

  /** Instead of `start`: it is shown as logged out, with the reason, and touches nothing. */
  waitForLogin(reason: string): void {
    this.waits = reason;
    this.connection = 'logged_out';
  }

  /** Ends all work at the next safe place and lets the folder go. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#debounce.stop();
    this.#wakeUp();
    await this.#loop;
    await this.#held?.close();
    this.#store.close();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#dirty = null;
    this.#wakeUp();
  }
  /** The server said that the space has changed. */
  remoteHint(): void {
    this.#changedThere = true;
    this.#wakeUp();
  }
  /** The line to the server is there again. */
  online(): void {
    this.#attempts = 0;
    this.remoteHint();
  }
  /** The pair has ended: the root's mark goes, so that the folder may be used anew. */
  forget(): void {
    unmarkRoot(this.record.folder, this.record.rootId, this.#files);
  }
  /** Everything here is looked at at once: nothing that was just saved is missed. */
  lookAgain(): void {
    this.#look(null);
  }
  /** After sleep, new rules, or because a person asked: everything is looked at, everything is tried again. */
  nudge(): void {
    this.#dirty = null;
    this.#changedThere = true;
    this.#attempts = 0;
    this.#held?.context.failures.clearAll();
    this.#wakeUp();
  }
  /** A person's answer to the guard. */
  answerGuard(answer: 'proceed' | 'restore'): void {
    if (this.halted !== 'mass_delete' || this.#plan === null) return;
    if (answer === 'proceed') this.#allowed = { here: true, there: true };
    else this.#restore(this.#plan);
    this.#wakeUp();
  }

  /** What was held back is taken back: deleted here comes down again, deleted there goes up again. */
  #restore(plan: Plan): void {
    for (const id of plan.deletions.there) this.#store.synced.delete(id);
    for (const id of plan.deletions.here) {
      this.#store.synced.delete(id);
    }
    this.#store.commit();
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }

  #look(folders: readonly string[] | null): void {
    if (folders === null) this.#dirty = null;
    else for (const folder of folders) this.#dirty?.add(folder);
    this.#wakeUp();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#woken = false;
      this.working = true;
      const pause = await this.#attempt();
      this.working = false;
      this.#options.onChange();
      if (!this.#woken && !this.#stop.signal.aborted) await this.#sleep(pause);
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.host.clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One pass, and what a failure of the whole of it means. Returns milliseconds until the next one. */
  async #attempt(): Promise<number> {
    if (this.#paused) return longestPause;
    try {
      const pause = await this.#pass();
      this.#attempts = 0;
      return pause;
    } catch (cause) {
      this.#settled = false;
      if (this.#stop.signal.aborted) return 0;
      const error = AppError.from(cause);
      if (error.code === 'unauthenticated') this.connection = 'logged_out';
      // A rule on the whole account says nothing of this drive: it goes on when the account does.
      else if (error.code === 'not_found' || (error.code === 'denied' && !isPassing(error))) {
        this.halted = reasonOf(error) === 'service_denied' ? 'service_denied' : 'access_lost';
      } else {
        if (isPassing(error) || error.code === 'rate_limited') this.connection = 'offline';
        else this.#options.host.report(cause);
      }
      this.#changedThere = true;
      this.#attempts += 1;
      const jitter = 0.75 + (this.#options.host.random(1)[0]! / 255) * 0.5;
      return Math.min(longestPause, 500 * 2 ** this.#attempts) * jitter;
    }
  }

  async #pass(): Promise<number> {
    const trouble = await this.#prepare();
    if (trouble !== null) return this.#halt(trouble);
    const { context } = this.#held!;
    if (this.halted !== 'mass_delete') this.halted = null;
    await this.#observe(context);
    await this.#pull(context);
    if (this.#store.pending.length > 0) {
      const { surprised } = await repeatPending(context);
      this.#changedThere ||= surprised;
    }
    let tries = 0;
    for (let round = 0; round < mostRounds && !this.#stop.signal.aborted && !this.#paused; round += 1) {
      if (this.#dirty === null || this.#dirty.size > 0) await this.#observe(context);
      if (this.#changedThere) await this.#pull(context);
      const plan = this.#think(context);
      if (plan.steps.length === 0) break;
      this.#settled = false;
      const again = rootTrouble(this.record.folder, this.record.rootId, this.#store.meta('rootIdentity') ?? '', this.#files);
      if (again !== null) return this.#halt(again);
      const { tried, surprisedHere, surprisedThere } = await runRound(context, plan);
      this.report.flush();
      if (surprisedHere) this.#dirty = null;
      this.#changedThere ||= surprisedThere;
      this.#options.onChange();
      tries += tried;
      if (tried === 0) break;
    }
    return this.#conclude(context, tries > 0);
  }

  #halt(reason: Halt): number {
    this.#settled = false;
    this.halted = reason;
    return haltedMilliseconds;
  }

  /** Looks whether the folder is still the same, and takes it the first time. */
  async #prepare(): Promise<RootTrouble | null> {
    const trouble = knownTrouble(this.record, this.#store, this.#options.host);
    if (trouble !== null || this.#held !== null) return trouble;
    const held = await holdRoot(this.record, {
      ...this.#options,
      store: this.#store,
      report: this.report,
      progress: this.progress,
      turns: this.turns,
      transport: this.#transport,
      signal: this.#stop.signal,
      debounce: this.#debounce,
    });
    if (typeof held === 'string') return held;
    this.#held = held;
    return null;
  }

  async #observe(context: RootContext): Promise<void> {
    const now = context.clock.monotonic();
    const due = this.#scannedAt === null || now - this.#scannedAt > (this.report.watching ? scanMilliseconds : pollMilliseconds);
    const folders = due || this.#dirty === null ? null : [...this.#dirty];
    if (folders?.length === 0) return;
    this.#dirty = new Set();
    const seen = await look(context, folders).catch((error: unknown) => {
      this.#dirty = null;
      throw error;
    });
    this.#frozen = seen.frozen.size > 0 || seen.foreign !== null ? seen.frozen : this.#frozen;
    if (seen.foreign !== null) {
      this.#scannedAt = now;
      this.report.foreign = seen.foreign;
    }
  }

  async #pull(context: RootContext): Promise<void> {
    const now = context.clock.monotonic();
    if (!this.#changedThere && this.#pulledAt !== null && now - this.#pulledAt < 5 * pollMilliseconds) return;
    this.#changedThere = false;
    const pulled = await pull(context.transport, this.#store, this.record.spaceId);
    this.#pulledAt = now;
    this.connection = 'online';
    if (pulled === 'reset') this.report.reset();
    const top = this.#store.remote.get(this.record.topId);
    if (top === undefined || top.trashed) throw new AppError('not_found', 'The space is not there any more');
    if (this.#store.synced.get(top.id) === undefined) {
      this.#store.synced.put({ id: top.id, parentId: null, name: top.name, kind: 'folder', content: null, version: 0, chunks: null });
    }
  }

  /** Plans; where too much would be deleted, plans again without that, and a person is asked. */
  #think(context: RootContext): Plan {
    const trees = this.#store.trees(this.record.topId);
    const options = {
      verdict: verdictOf(this.#options.account.policy()),
      writable: this.report.writable,
      frozen: new Set(this.#frozen.keys()),
      hold: { here: false, there: false },
      conflictLabel: conflictLabel(this.#options.account.deviceName, context.clock.now()),
    };
    let plan = reconcile(trees, options);
    const guard = massDelete(trees, plan.deletions);
    const hold = { here: guard.here && !this.#allowed.here, there: guard.there && !this.#allowed.there };
    if (hold.here || hold.there) {
      this.halted = 'mass_delete';
      this.report.held = { files: guard.files, side: hold.here && hold.there ? null : hold.here ? 'here' : 'there' };
      plan = reconcile(trees, { ...options, hold });
    } else if (this.halted === 'mass_delete') this.halted = null;
    if (plan.deletions.here.length + plan.deletions.there.length === 0) this.#allowed = { here: false, there: false };
    this.#plan = plan;
    return plan;
  }

  #conclude(context: RootContext, didWork: boolean): number {
    const { failures, clock } = context;
    const plan = this.#plan!;
    this.#store.commit();
    failures.keepOnly(new Set(plan.steps.map(({ id }) => id)));
    this.#settled = plan.steps.length === 0 && this.halted === null;
    this.report.flush();
    if (didWork && this.#settled) {
      this.#finishedAt = clock.monotonic();
      clock.after(doneMilliseconds, this.#options.onChange);
    }
    const next = [
      failures.nextRetry ?? Infinity,
      this.report.watching ? scanMilliseconds - (clock.monotonic() - (this.#scannedAt ?? 0)) : pollMilliseconds,
      5 * pollMilliseconds,
    ];
    return Math.max(50, Math.min(...next));
  }
}
