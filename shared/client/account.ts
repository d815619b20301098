import { AppError } from '#shared/base/errors.ts';
import { account as ownAccount, type AccountContract } from '#shared/contract/account.ts';
import { drive, type DriveContract } from '#shared/contract/drive.ts';
import { pcs, type PcsContract } from '#shared/contract/pcs.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import { connect, type Client } from '#shared/contract/operation.ts';
import { tenant, type TenantContract } from '#shared/contract/tenant.ts';
import { type Identity } from '#shared/contract/login.ts';
import type { Account, Connection as ConnectionState } from '#shared/contract/workspace.ts';
import type { Member } from '#shared/model/member.ts';
import { Policy, defaultPolicy } from '#shared/model/policy.ts';
import { templateOf } from '#shared/policy/decide-service.ts';
import type { ClientStore } from './client-store.ts';
import { Connection } from './connection.ts';
import { newId, type AccountContext, type ClientHost } from './context.ts';
import { Drive } from './drive.ts';
import { Listings } from './listings.ts';
import { Puller } from './puller.ts';
import { Talk } from './talk.ts';
import { Transfers } from './transfers.ts';
import type { Transport } from './transport.ts';

export interface AccountOptions {
  readonly accountId: string;
  readonly identity: Identity;
  readonly transport: Transport;
  readonly store: ClientStore;
  readonly host: ClientHost;
  /** Whether the store survives a restart. */
  readonly persistent: boolean;
  /** What the person should know about this account's local data (codes). */
  readonly notices: readonly string[];
  /** Nothing of the account may be shown until the server answers, for this reason (an offline lease that is over); its store is empty. */
  readonly closedFor?: string;
  /** The server answered while the account was closed. */
  onReached?(): void;
  /** The session is over; called once. */
  onEnded(reason: string): void;
  /** The rules in force changed, or were heard of for the first time in this run. */
  onPolicy?(policy: Policy): void;
}

/** What an account's other parts (sync) may watch. */
export type AccountWatcher = (happening: ServerEvent | { type: 'connection'; state: ConnectionState }) => void;

const policyName = 'policy';
/** How often the server hears that somebody is there. */
const activeEveryMs = 60_000;

/** One logged-in account: keeps its store true to the server, and serves what people do. */
export class AccountCore implements AccountContext {
  readonly accountId: string;
  readonly memberId: string;
  readonly host: ClientHost;
  readonly store: ClientStore;
  readonly transport: Transport;
  readonly server: Client<TenantContract & DriveContract>;
  /** What the member does to their own account, and to where it is used. */
  readonly own: Client<AccountContract & PcsContract>;
  readonly listings: Listings;
  readonly talk: Talk;
  readonly drive: Drive;
  readonly transfers: Transfers;
  readonly #options: AccountOptions;
  readonly #connection: Connection;
  readonly #watchers = new Set<AccountWatcher>();
  readonly #policyPuller: Puller;
  readonly #directoryPuller: Puller;
  #identity: Identity;
  #lockReason: string | null = null;
  /** What is still said of the account once it was shut: its store may be closed by then. */
  #shut: Account | null = null;
  #shownTotals = '';
  #isOver = false;
  #activeAt = -activeEveryMs;

  constructor(options: AccountOptions) {
    const { accountId, identity, host, store, transport } = options;
    this.#options = options;
    this.#identity = identity;
    this.accountId = accountId;
    this.memberId = identity.member.id;
    // What still comes back after the end concerns nobody any more.
    this.host = {
      ...host,
      emit: (event) => this.#isOver || host.emit(event),
      notify: (message) => this.#isOver || host.notify(message),
      report: (bug) => this.#isOver || host.report(bug),
    };
    this.store = store;
    this.transport = transport;
    this.#connection = new Connection({
      transport,
      host,
      onEvent: (event) => this.#hint(event),
      onState: (state, reason) => this.#stateChanged(state, reason),
      onEnded: (reason) => this.#ended(reason),
    });
    this.server = connect({ ...tenant, ...drive }, this.#connection.send);
    this.own = connect({ ...ownAccount, ...pcs }, this.#connection.send);
    this.listings = new Listings(store, newId(host));
    this.talk = new Talk(this, () => this.#totalsChanged());
    this.drive = new Drive(this);
    this.transfers = new Transfers(this);
    this.#policyPuller = new Puller(() => this.#pullPolicy(), host.report);
    this.#directoryPuller = new Puller(() => this.#pullDirectory(), host.report);
  }

  start(): void {
    this.talk.outbox.start();
    this.transfers.start();
    this.#connection.start();
  }

  /** Ends all work; the store stays open for parts that are still ending theirs. */
  stop(): void {
    this.#isOver = true;
    this.#connection.stop();
    this.talk.outbox.stop();
    this.transfers.stop();
    this.#watchers.clear();
  }

  /** Ends all work; from now on nothing of it may be shown, for this reason, until another core takes its place. */
  shut(reason: string): void {
    this.#shut = { ...this.account(), connection: 'locked', reason, subject: null, unread: 0, mentions: 0, unsent: 0 };
    this.stop();
  }

  get isShut(): boolean {
    return this.#shut !== null;
  }

  /** Ends all work and closes the store; what was not sent stays in it. */
  close(): void {
    this.stop();
    this.store.close();
  }

  /** The network may be different now: looks at once. */
  nudge(): void {
    this.#connection.nudge();
  }

  /** The person touched the program: told to the server now and then (ACC-34). What does not arrive is told with the next touch. */
  active(): void {
    const now = this.host.clock.monotonic();
    if (now - this.#activeAt < activeEveryMs || !this.isOnline()) return;
    this.#activeAt = now;
    this.own['session.active']({}).catch(() => {
      this.#activeAt = -activeEveryMs;
    });
  }

  watch(watcher: AccountWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** A renewed session may bring another name or role. */
  setIdentity(identity: Identity): void {
    const changed = JSON.stringify(identity) !== JSON.stringify(this.#identity);
    this.#identity = identity;
    if (changed) this.host.emit({ type: 'accounts.changed' });
  }

  isOnline(): boolean {
    return !this.#isOver && this.connection === 'online';
  }

  get connection(): ConnectionState {
    const { state } = this.#connection;
    if (this.#shut !== null) return 'locked';
    return this.#options.closedFor !== undefined && state !== 'upgrade_required' ? 'locked' : state;
  }

  /** Why nothing of it is shown, or why it must be updated; null while neither is so. */
  get lockReason(): string | null {
    return this.#shut?.reason ?? this.#lockReason ?? this.#options.closedFor ?? null;
  }

  get lastAnswerAt(): number | null {
    return this.#connection.lastAnswerAt;
  }

  /** The rules as last heard; the defaults before that. */
  policy(): Policy {
    return this.#rules().policy;
  }

  /** Throws `denied` with the lock's reason while the content must not be shown. */
  assertOpen(): void {
    if (this.connection !== 'locked') return;
    throw new AppError('denied', 'The account is locked', { details: { reason: this.lockReason ?? 'session_ended' } });
  }

  members(): Member[] {
    return this.store.members.all();
  }

  account(): Account {
    if (this.#shut !== null) return this.#shut;
    const { revision, policy } = this.#rules();
    const identity = this.#identity;
    return {
      accountId: this.accountId,
      serverUrl: this.transport.url,
      tenant: identity.tenant,
      tenantName: identity.tenantName,
      member: identity.member,
      role: identity.role,
      templateId: identity.templateId,
      connection: this.connection,
      reason: this.lockReason,
      subject: this.#connection.subject,
      lastAnswerAt: this.#connection.lastAnswerAt,
      policyRevision: revision,
      policy,
      ...this.talk.totals(),
      unsent: this.store.outgoing.all().length,
      persistent: this.#options.persistent,
      notices: [...this.#options.notices],
    };
  }

  #hint(event: ServerEvent): void {
    if (this.#options.closedFor !== undefined) {
      if (event.type === 'hello') this.#options.onReached?.();
      return;
    }
    switch (event.type) {
      case 'hello':
        this.#hello(event).catch(this.host.report);
        break;
      case 'talk.changed':
        this.talk.changes.hint(event.cursor, false);
        break;
      case 'drive.changed':
        this.drive.hint(event.spaceId, event.epoch, event.sequence);
        break;
      case 'spaces.changed':
        void this.drive.pullSpaces();
        break;
      case 'directory.changed':
        void this.#directoryPuller.run();
        // An administrator may have given this member another permission template.
        void this.#policyPuller.run();
        break;
      case 'policy.changed':
        if (event.revision !== this.#rules().revision) void this.#policyPuller.run();
        break;
      case 'session.ended':
      case 'ping':
        break;
    }
    for (const watcher of this.#watchers) watcher(event);
  }

  /** Every connect is the same: compare with what is known, pull what differs, then send what waits, under the rules of now. */
  async #hello(event: Extract<ServerEvent, { type: 'hello' }>): Promise<void> {
    if (event.policyRevision !== this.#rules().revision || this.store.values.get(policyName) === undefined) await this.#policyPuller.run();
    if (this.#isOver) return;
    this.talk.changes.hint(event.talkCursor, true);
    this.talk.outbox.kick();
    this.transfers.reconnected();
    this.talk.tellReads();
    const known = new Map(this.store.spaces.all().map((space) => [space.id, space]));
    const same = event.spaces.length === known.size && event.spaces.every(({ spaceId }) => known.has(spaceId));
    if (!same) void this.drive.pullSpaces();
    this.drive.reconnected();
    for (const { spaceId, epoch, sequence } of event.spaces) if (known.has(spaceId)) this.drive.hint(spaceId, epoch, sequence);
    await this.#directoryPuller.run();
    await this.talk.changes.settled();
    if (!this.#isOver) await this.talk.fetchAhead();
  }

  #stateChanged(state: ConnectionState, reason: string | null): void {
    this.#lockReason = reason;
    const { host, accountId } = this;
    host.emit({ type: 'accounts.changed' });
    if (state === 'locked') host.emit({ type: 'account.ended', accountId, reason: reason ?? 'session_ended' });
    for (const watcher of this.#watchers) watcher({ type: 'connection', state: this.connection });
  }

  #ended(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.stop();
    this.#options.onEnded(reason);
  }

  #rules(): { revision: number; policy: Policy } {
    if (this.#shut !== null) return { revision: this.#shut.policyRevision, policy: this.#shut.policy };
    const stored = this.store.values.get(policyName) as { revision: number; policy: unknown } | undefined;
    const parsed = stored === undefined ? null : Policy.safeParse(stored.policy);
    return stored === undefined || parsed?.success !== true
      ? { revision: 0, policy: defaultPolicy }
      : { revision: stored.revision, policy: parsed.data };
  }

  async #pullPolicy(): Promise<void> {
    const { templateId, ...rules } = await this.server['policy.mine']({});
    if (this.#isOver) return;
    const isKnown = rules.revision === this.#rules().revision && this.store.values.get(policyName) !== undefined;
    if (isKnown && templateId === this.#identity.templateId) return;
    const services = JSON.stringify(templateOf(this.#identity.templateId, this.policy())?.services);
    this.#identity = { ...this.#identity, templateId };
    this.store.values.put(policyName, rules);
    if (JSON.stringify(templateOf(templateId, rules.policy)?.services) !== services) {
      // Hints about a service that was withheld until now led to nothing.
      void this.talk.changes.pull();
      void this.drive.pullSpaces();
    }
    this.host.emit({ type: 'policy.changed', accountId: this.accountId });
    this.host.emit({ type: 'accounts.changed' });
    this.#options.onPolicy?.(rules.policy);
  }

  async #pullDirectory(): Promise<void> {
    const { members } = await this.server['directory.list']({});
    if (this.#isOver || JSON.stringify(members) === JSON.stringify(this.members())) return;
    this.store.refresh(() => {
      this.store.members.clear();
      for (const member of members) this.store.members.put(member.id, member);
    });
    this.host.emit({ type: 'directory.changed', accountId: this.accountId });
  }

  #totalsChanged(): void {
    const totals = JSON.stringify(this.talk.totals());
    if (totals === this.#shownTotals) return;
    this.#shownTotals = totals;
    this.host.emit({ type: 'accounts.changed' });
  }
}
