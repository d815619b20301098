import { AppError } from '#shared/base/errors.ts';
import { AccountCore } from '#shared/client/account.ts';
import { IdleKeeper } from '#shared/client/idle-keeper.ts';
import { neededFiles } from '#shared/client/release-files.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Identity } from '#shared/contract/login.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { AccountRecord } from './account-list.ts';
import { deviceKey } from './account-keys.ts';
import { leaverOf } from './farewell/leaver.ts';
import { isLast, occasionOf } from './farewell/occasions.ts';
import { KeptSessions, lockedSession, type KeptSession } from './kept-session.ts';
import { LeaseKeeper } from './leases.ts';
import { Logouts, within } from './logouts.ts';
import type { Latest, LiveAccount, LiveAccountsOptions } from './live-account.ts';
import { closedLocalPart, openLocalPart } from './local-part.ts';
import { resumeSession, type Session } from './open-session.ts';

/** How long logging out waits for the server to hear of it, in milliseconds. */
const farewellMs = 3_000;
/** How long a program's start waits for the server's first word on a kept session, in milliseconds. */
const firstAnswerMs = 2_000;

/** The accounts that are logged in: how they open, what keeps and what ends them, and what bounds them by the clock. */
export class LiveAccounts {
  readonly #options: LiveAccountsOptions;
  readonly #live = new Map<string, LiveAccount>();
  /** Files that closed accounts still need: their unsent messages go on with the next login. */
  readonly #unsent = new Set<string>();
  readonly #kept: KeptSessions;
  readonly #idle: IdleKeeper;
  readonly #leases: LeaseKeeper;
  /** Accounts that are closing: whoever opens one again waits for that. */
  readonly #closing = new Map<string, Promise<void>>();
  readonly #logouts: Logouts;

  constructor(options: LiveAccountsOptions) {
    const { clock, emit, report } = options.host;
    this.#options = options;
    this.#logouts = new Logouts(clock);
    this.#kept = new KeptSessions(options.secrets);
    this.#idle = new IdleKeeper({
      clock,
      warn: (accountId, endsAt) => emit({ type: 'idle.warning', accountId, endsAt: endsAt === null ? null : Math.round(endsAt) }),
      over: (accountId) => void this.#idled(accountId).catch(report),
      active: (accountId) => this.#live.get(accountId)?.core.active(),
    });
    this.#leases = new LeaseKeeper({
      clock,
      isOnline: (accountId) => this.#live.get(accountId)?.core.connection === 'online',
      renew: (accountId) =>
        void this.#live
          .get(accountId)
          ?.session.tokens.renew()
          .catch(() => undefined),
      over: (accountId) => void this.#shut(accountId, 'lease_over').catch(report),
      save: (accountId) => void this.keep(accountId).catch(report),
    });
  }

  all(): LiveAccount[] {
    return [...this.#live.values()];
  }

  find(accountId: string): LiveAccount {
    const live = this.#live.get(accountId);
    if (live === undefined)
      throw new AppError('unauthenticated', 'Not logged in to this account', { details: { reason: 'session_missing' } });
    return live;
  }

  /** Closes every account without logging out: the program ends. What was counted until now counts on after the restart. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#live.keys()].map((accountId) => this.keep(accountId).catch(this.#options.host.report)));
    await Promise.all([...this.#live.keys()].map((accountId) => this.close(accountId)));
    this.#idle.stop();
    this.#leases.stop();
  }

  /** Compares the clocks with what they bound, before anything is shown: whatever has run out is closed when this returns. */
  lookAtClocks(): void {
    this.#idle.look();
    this.#leases.look();
  }

  /** ACC-34: nobody has touched the machine for so many milliseconds. */
  machineIdle(idleMs: number): void {
    this.#idle.activity(idleMs);
  }

  /** The machine's screen was locked: that is idle until it is unlocked. */
  screenLocked(locked: boolean): void {
    if (locked) this.#idle.lock();
    else this.#idle.unlock();
  }

  /** The person touched the program (ACC-34). */
  active(): void {
    this.#idle.activity();
  }

  /** The person gave a password or a code in this run: what waited for that goes on. */
  async proven(accountId: string): Promise<void> {
    const live = this.find(accountId);
    live.proven = true;
    await this.#judgeWaiting(live);
  }

  /** Takes up a kept session, if there is one. */
  async resume(record: AccountRecord): Promise<void> {
    const { accountId } = record;
    const kept = await this.#kept.read(accountId);
    if (kept === null) return;
    const { secrets } = await this.#options.secrets();
    const key = await deviceKey(secrets, accountId);
    const save = (refreshToken: string, identity: Identity) => this.renewed(accountId, { refreshToken, identity });
    const onEnded = (reason: string) => void this.end(accountId, reason);
    const session = resumeSession(this.#options.sessionOptions(record.serverUrl, key, save, onEnded), kept.refreshToken);
    const holds = this.#leases.resume(accountId, kept.identity, key.thumbprint, kept.counted);
    const closedFor = kept.closedFor ?? (holds && kept.identity.databaseKey !== null ? null : 'lease_over');
    const live = await this.#open(record, session, kept, key.thumbprint, closedFor);
    this.#live.set(accountId, live);
    const interrupted = this.#options.farewells.interrupted(accountId);
    if (interrupted !== null) return this.end(accountId, interrupted);
    // What became of the account while the program was off counts before anything of it is shown.
    if (closedFor === null) await within(this.#options.host.clock, firstAnswerMs, session.tokens.renew());
    if (this.#live.get(accountId) !== live) return this.#closing.get(accountId);
    if (closedFor !== null || live.core.policy().keepLogin.pcApp) this.#begin(live, kept.counted);
    else await this.end(accountId, 'keep_login_forbidden');
    if (closedFor !== null) await this.keep(accountId);
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  /** Somebody logged in. */
  async enter(record: AccountRecord, session: Session, latest: Latest, thumbprint: string, rules: unknown): Promise<void> {
    const { accountId } = record;
    const live = await this.#open(record, session, latest, thumbprint);
    live.proven = true;
    live.core.store.values.put('policy', rules);
    this.#leases.renewed(accountId, latest.identity, thumbprint);
    this.#begin(live);
    await this.keep(accountId);
  }

  /** Sends first what was not sent, for a short while; a second call skips that. */
  async logout(accountId: string): Promise<void> {
    const live = this.find(accountId);
    const send = async (signal: AbortSignal) => live.core.isOnline() && this.#options.onLoggingOut?.(accountId, signal);
    await this.#logouts.run(accountId, send, () => this.#logOut(live));
  }

  async #logOut(live: LiveAccount): Promise<void> {
    const { accountId } = live.record;
    if (this.#live.get(accountId) !== live) return;
    const ended = connect(tenant, live.session.transport.call)['session.end']({});
    await within(this.#options.host.clock, farewellMs, ended);
    const closed = this.close(accountId, 'logged_out');
    await this.#forget(accountId);
    await closed;
    await this.#releaseFiles();
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  /** A device that is not logged in is told to erase what it holds (ACC-51). */
  async wipe(record: AccountRecord): Promise<void> {
    if (this.#live.has(record.accountId)) return this.end(record.accountId, 'device_wiped');
    const { farewells, profile } = this.#options;
    await farewells.leave(leaverOf(profile, record), 'device_wiped');
    await farewells.destroy(record.accountId);
  }

  /** @param closedFor why nothing of it may be opened before the server answers */
  async #open(
    record: AccountRecord,
    session: Session,
    latest: Latest,
    thumbprint: string,
    closedFor: string | null = null,
  ): Promise<LiveAccount> {
    const { host, profile } = this.#options;
    const { accountId } = record;
    const { secrets, available: persistent } = await this.#options.secrets();
    const local =
      closedFor === null
        ? await openLocalPart({ profile, secrets, persistent, host }, accountId, latest.identity.databaseKey)
        : closedLocalPart();
    const { store, notices, folder, databaseKey, openDatabase } = local;
    const core = new AccountCore({
      accountId,
      identity: latest.identity,
      transport: session.transport,
      store,
      host,
      persistent,
      notices,
      ...(closedFor === null ? {} : { closedFor }),
      // A renewed session brings a new lease, and the server's part of the key.
      onReached: () => void session.tokens.renew().catch(() => undefined),
      onEnded: (reason) => void this.end(accountId, reason),
      onPolicy: (policy) => {
        const current = this.#live.get(accountId);
        if (current !== undefined) this.#rulesChanged(current, policy);
      },
    });
    const parts = { record, session, core, folder, databaseKey, openDatabase, latest, thumbprint, closedFor };
    return { ...parts, waits: null, proven: false };
  }

  /** @param counted how idle time stood where a kept login goes on */
  #begin(live: LiveAccount, counted?: { readonly at: number; readonly idleMs: number }): void {
    const { core, record } = live;
    const { accountId } = record;
    this.#live.set(accountId, live);
    this.#idle.open(accountId, () => core.policy().idleLogout.pcAppMinutes, counted);
    if (this.#live.get(accountId) !== live) return;
    if (live.closedFor === null) {
      live.waits = this.#waitsFor(live);
      this.#options.onOpened?.(live, live.waits);
      // While a rule locks it, what is kept opens nothing; see #keptOf.
      core.watch((happening) => {
        if (happening.type === 'connection' && (happening.state === 'locked' || happening.state === 'online'))
          void this.keep(accountId).catch(this.#options.host.report);
        if (happening.type === 'connection' && happening.state === 'locked') void this.#locked(live).catch(this.#options.host.report);
      });
      this.#options.farewells.remember(leaverOf(this.#options.profile, record, live));
    }
    core.start();
  }

  #rulesChanged(live: LiveAccount, policy: Policy): void {
    const { host, onPolicy } = this.#options;
    const { accountId } = live.record;
    onPolicy?.(accountId);
    void this.keep(accountId).catch(host.report);
    void this.#judgeWaiting(live).catch(host.report);
    this.#idle.look();
    // Leases are signed with their hours: another rule wants another lease.
    const { lease } = live.latest.identity;
    const known = this.#leases.hours(accountId);
    if (lease !== null && known !== null && known !== policy.offlineLeaseHours) void live.session.tokens.renew().catch(() => undefined);
  }

  /** ACC-30 for the sync agent: a login that was only kept starts nothing where its own rule or switch says no. */
  #waitsFor({ proven, record, core }: LiveAccount): string | null {
    if (proven) return null;
    if (!core.policy().keepLogin.driveExplorer) return 'keep_login_forbidden';
    return this.#options.list.latest(record).keepDriveExplorer ? null : 'keep_login_off';
  }

  /** Other parts stop or go on when what they wait for changed. A switch that the person turns off counts from the next start. */
  async #judgeWaiting(live: LiveAccount): Promise<void> {
    const waits = this.#waitsFor(live);
    const { accountId } = live.record;
    if (live.closedFor !== null || waits === live.waits || (live.waits === null && waits === 'keep_login_off')) return;
    live.waits = waits;
    await this.#options.onClosing?.(accountId, null);
    if (this.#live.get(accountId) !== live) return;
    this.#options.onOpened?.(live, waits);
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  /** Writes or drops the kept session, as wish, rule and keychain say; returns whether the login is kept. */
  keep(accountId: string): Promise<boolean> {
    return this.#kept.put(accountId, () => {
      const live = this.#live.get(accountId);
      if (live === undefined) return undefined;
      const permitted = live.closedFor !== null || live.core.policy().keepLogin.pcApp;
      return this.#options.list.latest(live.record).keepLogin && permitted ? this.#keptOf(live) : null;
    });
  }

  #keptOf({ record: { accountId }, latest, core, closedFor }: LiveAccount): KeptSession {
    const idleMs = this.#idle.idleMs(accountId) ?? 0;
    const counted = { at: this.#options.host.clock.now(), idleMs, leaseMs: this.#leases.usedMs(accountId) };
    return core.connection === 'locked' ? lockedSession(latest, core.lockReason ?? closedFor, counted) : { ...latest, counted };
  }

  /** A rotated token is in the keychain before anybody uses it, or it is not kept at all. */
  async renewed(accountId: string, renewed: Latest): Promise<void> {
    const live = this.#live.get(accountId);
    if (live === undefined) return;
    // The key that verifies leases is believed once, at login.
    const leaseKey = live.latest.identity.leaseKey ?? renewed.identity.leaseKey;
    const { refreshToken } = renewed;
    live.latest = { refreshToken, identity: { ...renewed.identity, leaseKey } };
    const holds = this.#leases.renewed(accountId, live.latest.identity, live.thumbprint);
    await this.keep(accountId).catch(this.#options.host.report);
    live.core.setIdentity(live.latest.identity);
    if (live.closedFor !== null && holds && live.latest.identity.databaseKey !== null)
      void this.#reopen(live).catch(this.#options.host.report);
  }

  /** The server answered for an account that was closed: it opens with everything that it had. */
  async #reopen(closed: LiveAccount): Promise<void> {
    const { record, session, latest, thumbprint, proven } = closed;
    const { accountId } = record;
    const live = await this.#open(record, session, latest, thumbprint);
    live.proven = proven;
    const counted = { at: this.#options.host.clock.now(), idleMs: this.#idle.idleMs(accountId) ?? 0 };
    if (this.#live.get(accountId) !== closed) return this.#release(live);
    closed.core.close();
    this.#begin(live, counted);
    await this.keep(accountId);
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  /** Nothing of the account is shown or read from this moment until the server answers; what is on the disk stays as it is. */
  async #shut(accountId: string, reason: string): Promise<void> {
    const open = this.#live.get(accountId);
    if (open === undefined || open.closedFor !== null || open.core.isShut) return;
    const { host } = this.#options;
    const { record, session, latest, thumbprint, proven } = open;
    open.core.shut(reason);
    host.emit({ type: 'account.ended', accountId, reason });
    host.emit({ type: 'accounts.changed' });
    await this.#release(open);
    const closed = await this.#open(record, session, latest, thumbprint, reason);
    closed.proven = proven;
    if (this.#live.get(accountId) !== open) return;
    this.#begin(closed, { at: host.clock.now(), idleMs: this.#idle.idleMs(accountId) ?? 0 });
    await this.keep(accountId);
    host.emit({ type: 'accounts.changed' });
  }

  /** ACC-33: nobody touched the program for as long as the rule says. Everything typed and every upload stays for the next login. */
  async #idled(accountId: string): Promise<void> {
    const live = this.#live.get(accountId);
    if (live === undefined) return;
    // Closed first: the server may be slow to answer, or not be there at all.
    const ended = this.end(accountId, 'session_idle');
    void connect(tenant, live.session.transport.call)
      ['session.end']({ reason: 'idle' })
      .catch(() => undefined);
    await ended;
  }

  /** The session is over: the account is closed, with the reason. */
  async end(accountId: string, reason: string): Promise<void> {
    if (!this.#live.has(accountId)) return;
    const { host, farewells } = this.#options;
    const closed = this.close(accountId, reason);
    host.emit({ type: 'account.ended', accountId, reason });
    host.emit({ type: 'accounts.changed' });
    // What is to be sealed can be read only as long as the session is kept: a crash in between must find it.
    if (isLast(reason)) await closed;
    await this.#forget(accountId).catch(host.report);
    await closed;
    if (isLast(reason)) await farewells.destroy(accountId).catch(host.report);
    await this.#releaseFiles();
  }

  /** ACC-45: the app is blocked. What is here is locked as it is; folders go the way that the rule says, and sync goes on without them. */
  async #locked(live: LiveAccount): Promise<void> {
    const { core, record } = live;
    const reason = core.lockReason ?? '';
    if (occasionOf(reason) !== 'block' || core.policy().syncedFolders.block === 'keep') return;
    const { farewells, profile, onClosing, onOpened } = this.#options;
    await onClosing?.(core.accountId, reason);
    await farewells.leave(leaverOf(profile, record, live), reason);
    if (this.#live.get(core.accountId) === live && !core.isShut) onOpened?.(live, live.waits);
  }

  /** Drops the saved session, and only that: device key and database part stay, so that the next login finds everything. */
  async #forget(accountId: string): Promise<void> {
    await this.#kept.put(accountId, () => (this.#live.has(accountId) ? undefined : null));
  }

  /** From the first moment the account is not there any more for anybody who asks. */
  async close(accountId: string, reason: string | null = null): Promise<void> {
    const live = this.#live.get(accountId);
    if (live === undefined) return this.#closing.get(accountId);
    this.#live.delete(accountId);
    this.#idle.close(accountId);
    this.#leases.close(accountId);
    live.core.stop();
    const closing = this.#release(live, reason).finally(() => {
      if (this.#closing.get(accountId) === closing) this.#closing.delete(accountId);
    });
    this.#closing.set(accountId, closing);
    await closing;
  }

  /** Ends the other parts of an account that was stopped, and forgets its key. */
  async #release(live: LiveAccount, reason: string | null = null): Promise<void> {
    const { record, core, databaseKey, closedFor } = live;
    const { farewells, profile, host } = this.#options;
    if (closedFor === null) await this.#options.onClosing?.(record.accountId, reason ?? core.lockReason).catch(host.report);
    await farewells.leave(leaverOf(profile, record, live), reason).catch(host.report);
    if (!isLast(reason)) for (const reference of neededFiles(core.store)) this.#unsent.add(reference);
    core.close();
    databaseKey.fill(0);
  }

  /** With the last account its drafts are gone: what was pasted into them must not stay in the clear. Unsent messages keep their files. */
  async #releaseFiles(): Promise<void> {
    const { files, report } = this.#options.host;
    if (this.#live.size === 0) await files.releaseAllBut?.([...this.#unsent]).catch(report);
  }
}
