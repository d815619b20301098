import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { Plan, PlanOptions } from '#shared/sync/plan.ts';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import { Alarm } from './alarm.ts';
import { countingTransport, type Traffic } from './counting.ts';
import type { FailureBook } from './failures.ts';
import { Guarding, isGuard, type GuardHalt } from './guarding.ts';
import { KeepList } from './keep-list.ts';
import { openUsable } from './open-usable.ts';
import { Orders } from './orders.ts';
import { repeatPending } from './mutations.ts';
import { judgeFailure } from './pass-failure.ts';
import { Pause } from './pause.ts';
import { planOptions } from './plan-options.ts';
import { Progress } from './progress.ts';
import { nodeDisk, unmarkRoot, type RootTrouble } from './root-folder.ts';
import { heldTrouble, holdRoot, knownTrouble, type HeldRoot } from './root-hold.ts';
import type { RootRecord } from './root-record.ts';
import type { RootContext } from './root-context.ts';
import { restoreRewritten } from './restore-rewritten.ts';
import { RootReport } from './root-report.ts';
import { runRound, thereKinds } from './round.ts';
import { StateStore } from './state-store.ts';
import { Turns } from './turns.ts';
import { Unsynced } from './unsynced.ts';
import { Debounce } from './debounce.ts';
import { Sight } from './sight.ts';
import type { StartWatching } from './watch.ts';
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
export type Halt = RootTrouble | GuardHalt | 'server_reset' | 'access_lost' | 'too_many_pcs' | 'service_denied' | 'disk_full';
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
  /** What is known of both sides. */
  readonly sight = new Sight();
  readonly unsynced = new Unsynced();
  /** How long the last planning and the last round took, in milliseconds. */
  readonly timings = { plan: 0, round: 0 };
  readonly traffic: Traffic = { requests: 0, bytesUp: 0, bytesDown: 0 };
  readonly report: RootReport;
  readonly progress: Progress;
  readonly turns = new Turns();
  /** What a person decided to have here. */
  readonly keeping: KeepList;
  readonly store: StateStore;
  readonly transport: Transport;
  /** The last plan, as the guards left it. */
  plan: Plan | null = null;
  /** The folder as this process has it; null until it was taken, and after it was lost. */
  held: HeldRoot | null = null;
  halted: Halt | null = null;
  connection: Connection = 'unknown';
  /** Why it was not started; null when it was. */
  waits: string | null = null;
  lastAnswerAt: number | null = null;
  working = false;
  readonly #options: RootEngineOptions;
  readonly #stop = new AbortController();
  readonly #debounce: Debounce;
  readonly #orders = new Orders();
  readonly #pause: Pause;
  readonly #alarm: Alarm;
  readonly #guarding: Guarding;
  #attempts = 0;
  #settled = false;
  #finishedAt: number | null = null;
  #loop: Promise<void> | null = null;

  constructor(record: RootRecord, options: RootEngineOptions) {
    this.record = record;
    this.#options = options;
    this.#pause = new Pause(options.host.clock, record.paused, record.pausedUntil);
    this.store = openUsable(options.account, `sync-${record.rootId}`, (database) => new StateStore(database));
    this.keeping = openUsable(options.account, `sync-${record.rootId}-keep`, (database) => new KeepList(database));
    this.report = new RootReport(this.store, options.host.clock, options.onChange);
    this.#guarding = new Guarding(this.store, options.host.clock.monotonic());
    this.progress = new Progress(options.host.clock, options.onChange);
    this.transport = countingTransport(options.account.transport, this.traffic, () => (this.lastAnswerAt = options.host.clock.now()));
    this.#debounce = new Debounce(options.host.clock, (folders) => this.lookAgain(folders));
    this.#alarm = new Alarm(options.host.clock);
  }

  /**
   * True only when remote, local and synced are one (but for what is listed as skipped), nothing has happened since as far as anybody
   * knows, and all of the disk was looked at lately.
   */
  get inStep(): boolean {
    return this.isCalm && !this.working && this.sight.isFresh;
  }
  /** The last pass ended in step, and none has found anything to do since; somebody may just be looking. */
  get isCalm(): boolean {
    const { scannedAt } = this.sight;
    const age = scannedAt === null ? Infinity : this.monotonic() - scannedAt;
    return this.#settled && !this.paused && age < 2 * this.#interval;
  }
  /** Something was done a moment ago, and now all is in step. */
  get justDone(): boolean {
    return this.#finishedAt !== null && this.isCalm && this.monotonic() - this.#finishedAt < doneMilliseconds;
  }
  /** Something here is not on the server, as far as anybody knows. */
  get hasUnsent(): boolean {
    if (this.halted === 'mass_rewrite' || this.#guarding.wait !== null) return true;
    return !this.sight.isFreshHere || this.plan === null || this.plan.steps.some(({ kind }) => thereKinds.has(kind));
  }
  /** Nothing more will happen by itself soon: it waits for a person, or for the server. */
  get isStuck(): boolean {
    if (this.working || this.#alarm.rang) return false;
    return this.halted !== null || this.connection !== 'online' || (this.failures?.all.length ?? 0) > 0;
  }
  /** At least so often everything is looked at: more often where nobody tells of changes. */
  get #interval(): number {
    return this.held?.watching.hints === false ? pollMilliseconds : scanMilliseconds;
  }
  /** What waits for a person's answer. */
  get asked(): Guarding['held'] {
    return this.#guarding.held;
  }
  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }
  get paused(): boolean {
    return this.#pause.isOn;
  }
  get failures(): FailureBook | null {
    return this.held?.context.failures ?? null;
  }
  /** Milliseconds of the clock that pauses are counted by. */
  monotonic(): number {
    return this.#options.host.clock.monotonic();
  }
  /** Plans again now. */
  wake(): void {
    this.#alarm.ring();
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
    this.wake();
    await this.#loop;
    await this.held?.close();
    this.#orders.refuse(new AppError('unavailable', 'The root has stopped'));
    this.store.close();
    this.keeping.close();
  }

  /** `until`: it goes on by itself then (epoch milliseconds). */
  setPaused(paused: boolean, until: number | null = null): void {
    this.#pause.set(paused, until);
    if (!paused) this.sight.doubtHere(null);
    this.wake();
  }
  /** While paused: when it goes on by itself; null where a person does that. */
  get pausedUntil(): number | null {
    return this.#pause.until;
  }
  /** The line to the server seems to be gone: whether it answers is found out at once. */
  lineLost(): void {
    if (this.connection === 'online') this.remoteHint();
  }
  /** The server said that the space has changed. */
  remoteHint(): void {
    this.sight.doubtThere();
    this.wake();
  }
  /** The line to the server is there again. */
  online(): void {
    this.#attempts = 0;
    this.remoteHint();
  }
  /** The pair has ended: the root's mark goes, so that the folder may be used anew. */
  forget(): void {
    unmarkRoot(this.record.folder, this.record.rootId, (this.#options.host.disk ?? nodeDisk).files);
  }
  /** What lies in these folders, or everything, is looked at at once: nothing that was just saved is missed. */
  lookAgain(folders: readonly string[] | null = null): void {
    this.sight.doubtHere(folders);
    this.wake();
  }
  /** After sleep, new rules, or because a person asked: everything is looked at, everything is tried again. */
  nudge(): void {
    this.sight.doubtHere(null);
    this.sight.doubtThere();
    this.#attempts = 0;
    this.held?.context.failures.clearAll();
    this.wake();
  }
  /** Has something done while the folder is held and both sides were just looked at. Rejects with the reason where that cannot be now. */
  order<T>(work: (context: RootContext) => T | Promise<T>): Promise<T> {
    if (this.#loop === null || this.#stop.signal.aborted) return Promise.reject(new AppError('unavailable', 'The root is not running'));
    const done = this.#orders.add(work);
    this.remoteHint();
    return done;
  }
  /** A person's answer to the guard. */
  answerGuard(answer: 'proceed' | 'restore'): void {
    if (!isGuard(this.halted)) return;
    const rewritten = answer === 'proceed' ? this.#guarding.proceed() : this.#guarding.restore();
    const back = async (context: RootContext) => this.#guarding.restored(await restoreRewritten(context, rewritten));
    if (rewritten.length > 0) this.order(back).catch(this.#options.host.report);
    this.wake();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#alarm.set();
      this.working = true;
      const pause = await this.#attempt();
      this.working = false;
      this.#options.onChange();
      // After a sleep of the computer nothing of what was seen before it is believed.
      if (!this.#stop.signal.aborted && (await this.#alarm.sleep(pause))) this.nudge();
    }
  }

  /** One pass, and what a failure of the whole of it means. Returns milliseconds until the next one. */
  async #attempt(): Promise<number> {
    if (this.paused && this.#orders.size === 0) return this.#pause.left;
    try {
      const pause = await this.#pass();
      this.#attempts = 0;
      return pause;
    } catch (cause) {
      this.#settled = false;
      if (this.#stop.signal.aborted) return 0;
      const error = AppError.from(cause);
      const failure = judgeFailure(error);
      if (failure.kind === 'halted') this.halted = failure.halted;
      else if (failure.kind === 'bug') this.#options.host.report(cause);
      else this.connection = failure.kind;
      this.#orders.refuse(error);
      this.sight.doubtThere();
      this.#attempts += 1;
      const jitter = 0.75 + (this.#options.host.random(1)[0]! / 255) * 0.5;
      return Math.min(longestPause, 500 * 2 ** this.#attempts) * jitter;
    }
  }

  async #pass(): Promise<number> {
    const trouble = await this.#prepare();
    if (trouble !== null) return this.#halt(trouble);
    const { context } = this.held!;
    if (!isGuard(this.halted)) this.halted = null;
    await this.#observe(context);
    await this.#pull(context);
    if (this.store.pending.length > 0) {
      const { surprised } = await repeatPending(context);
      if (surprised) this.sight.doubtThere();
    }
    await this.#orders.run(context);
    if (this.paused) return this.#pause.left;
    let tries = 0;
    for (let round = 0; round < mostRounds && !this.#stop.signal.aborted && !this.paused; round += 1) {
      if (!this.sight.isFreshHere) await this.#observe(context);
      if (this.sight.changedThere) await this.#pull(context);
      await this.#orders.run(context);
      const plan = this.#think(context);
      this.sight.planned();
      if (plan.steps.length === 0 && this.sight.isFreshHere) break;
      if (plan.steps.length === 0) continue;
      this.#settled = false;
      const again = this.#trouble();
      if (again !== null) return this.#halt(again);
      const began = this.monotonic();
      const { tried, surprisedHere, surprisedThere } = await runRound(context, plan);
      this.timings.round = this.monotonic() - began;
      this.progress.clear();
      this.report.flush();
      if (surprisedHere) this.sight.doubtHere(null);
      if (surprisedThere) this.sight.doubtThere();
      this.#options.onChange();
      tries += tried;
      if (tried === 0) break;
    }
    return this.#conclude(context, tries > 0);
  }

  /** What is there when it comes back is taken, and watched, anew. */
  async #halt(reason: Halt): Promise<number> {
    this.#settled = false;
    this.halted = reason;
    const held = this.held;
    this.held = null;
    await held?.close();
    this.#orders.refuse(new AppError('unavailable', 'The root stands still', { details: { reason } }));
    return haltedMilliseconds;
  }

  #trouble(): RootTrouble | null {
    const { host } = this.#options;
    return this.held === null ? knownTrouble(this.record, this.store, host) : heldTrouble(this.record, this.store, host, this.held);
  }

  /** Looks whether the folder is still the same, and takes it the first time. */
  async #prepare(): Promise<RootTrouble | null> {
    const trouble = this.#trouble();
    if (trouble !== null || this.held !== null) return trouble;
    const held = await holdRoot(this.record, {
      ...this.#options,
      store: this.store,
      keeping: this.keeping,
      report: this.report,
      progress: this.progress,
      turns: this.turns,
      transport: this.transport,
      signal: this.#stop.signal,
      debounce: this.#debounce,
    });
    if (typeof held === 'string') return held;
    this.held = held;
    return null;
  }

  async #observe(context: RootContext): Promise<void> {
    const foreign = await this.sight.observe(context, this.#interval);
    if (foreign !== null) this.report.foreign = foreign;
  }

  async #pull(context: RootContext): Promise<void> {
    const pulled = await this.sight.pull(context);
    if (pulled !== null) this.connection = 'online';
    if (pulled === 'reset') this.report.reset();
  }

  /** Plans, and lets the guards look at it. */
  #think(context: RootContext): Plan {
    const began = this.monotonic();
    const trees = this.store.trees(this.record.topId);
    const options = planOptions(this, this.#options.account, this.sight.frozen, context.clock.now());
    const make = (hold: PlanOptions['hold']): Plan => reconcile(trees, { ...options, hold });
    const plan = this.#guarding.judge(trees, make, context);
    this.timings.plan = this.monotonic() - began;
    this.halted = this.#guarding.halted;
    this.plan = plan;
    this.unsynced.see(plan, context.clock.now());
    return plan;
  }

  #conclude(context: RootContext, didWork: boolean): number {
    const { failures, clock } = context;
    const plan = this.plan!;
    this.store.commit();
    failures.keepOnly(new Set(plan.steps.map(({ id }) => id)));
    this.#settled = plan.steps.length === 0 && this.halted === null && this.#guarding.wait === null;
    this.report.flush();
    if (didWork && this.#settled) {
      this.#finishedAt = clock.monotonic();
      clock.after(doneMilliseconds, this.#options.onChange);
    }
    const next = [
      failures.nextRetry ?? Infinity,
      this.#guarding.wait ?? Infinity,
      this.#interval - (clock.monotonic() - (this.sight.scannedAt ?? 0)),
      5 * pollMilliseconds,
    ];
    return Math.max(50, Math.min(...next));
  }
}
