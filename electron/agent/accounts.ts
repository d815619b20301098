import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import { AccountCore } from '#shared/client/account.ts';
import type { ClientHost } from '#shared/client/context.ts';
import { neededFiles } from '#shared/client/release-files.ts';
import type { Accounts, KeptProgram } from '#shared/client/workspace.ts';
import { connect, type Client, type InputOf, type OutputOf } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { login, type Identity } from '#shared/contract/login.ts';
import type { LoginProgress, WorkspaceContract } from '#shared/contract/workspace.ts';
import { openAccountList, type AccountList, type AccountRecord } from './account-list.ts';
import { deviceKey, localKey } from './account-keys.ts';
import { memorySecrets, type Secrets } from './host/secrets.ts';
import { readKeptSession, writeKeptSession } from './kept-session.ts';
import { LoginAttempts } from './login-attempts.ts';
import { beginLogin, resumeSession, type LoginStep, type Session, type SessionOptions } from './open-session.ts';
import { openNamedDatabase, type Database } from './store/database.ts';
import { openStore } from './store/open-store.ts';
import { DeviceKey } from './transport/device-key.ts';
import type { NodeHttp } from './transport/http.ts';
import { serverUrl } from './transport/server-url.ts';
import { SignedHttp } from './transport/signed-http.ts';

/** How long logging out waits for the server to hear of it, in milliseconds. */
const farewellMs = 3_000;

export interface AccountsOptions {
  readonly profile: string;
  readonly version: string;
  /** The OS keychain as the host serves it; when it is not available, secrets end with the process. */
  readonly keychain: Secrets;
  readonly http: NodeHttp;
  readonly host: ClientHost;
  /** An account opened: other parts (sync) may begin. */
  onOpened?(account: OpenAccount): void;
  /** An account is about to close: other parts end their work with it. Its store is closed once this is done. */
  onClosing?(accountId: string): Promise<void>;
  /** The rules in force for an account changed. */
  onPolicy?(accountId: string): void;
}

/** A logged-in account with what its other parts need. */
export interface OpenAccount {
  readonly core: AccountCore;
  /** The account's folder; null when its data are in memory only. */
  readonly folder: string | null;
  /** The key of its local databases, 32 bytes. */
  readonly databaseKey: Uint8Array;
  /** Another encrypted database of this account, by name; in memory when nothing may be kept. Its opener closes it. */
  openDatabase(name: string): Database;
}

interface LiveAccount extends OpenAccount {
  readonly record: AccountRecord;
  readonly session: Session;
  /** The newest refresh token and identity; what keep-login would write. */
  latest: { refreshToken: string; identity: Identity };
}

/** A login under way, from its first question to the open account. */
interface Attempt {
  readonly known: AccountRecord | undefined;
  readonly keepLogin: boolean;
  readonly options: SessionOptions;
  accountId: string;
  latest: LiveAccount['latest'] | null;
}

/** The accounts of this profile: logs in, keeps sessions in the keychain as the rules allow, opens and closes local data. */
export class AgentAccounts implements Accounts {
  readonly #options: AccountsOptions;
  readonly #list: AccountList;
  readonly #live = new Map<string, LiveAccount>();
  /** Files that closed accounts still need: their unsent messages go on with the next login. */
  readonly #unsent = new Set<string>();
  readonly #attempts: LoginAttempts<Attempt>;
  /** Who asks before anybody is logged in: a key of this run only. */
  readonly #visitor = DeviceKey.generate();
  #secrets: Promise<{ secrets: Secrets; available: boolean }> | null = null;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#attempts = new LoginAttempts(options.host.clock);
    this.#list = openAccountList(path.join(options.profile, 'accounts.json'));
  }

  list(): AccountCore[] {
    return [...this.#live.values()].map(({ core }) => core);
  }

  opened(): OpenAccount[] {
    return [...this.#live.values()];
  }

  async hasKeychain(): Promise<boolean> {
    return (await this.#openSecrets()).available;
  }

  /** Takes up kept sessions. One that cannot be taken up leaves the others alone. */
  async resume(): Promise<void> {
    for (const record of this.#list.all()) await this.#resumeOne(record).catch(this.#options.host.report);
  }

  nudge(): void {
    for (const { core } of this.#live.values()) core.nudge();
  }

  /** Closes every account without logging out: the program ends. */
  async close(): Promise<void> {
    await Promise.all([...this.#live.keys()].map((accountId) => this.#close(accountId)));
  }

  async look(typed: string): Promise<OutputOf<WorkspaceContract, 'server.look'>> {
    const url = serverUrl(typed);
    const { keepLogin, tenant: only, version, demoAccounts } = await this.#info(url, DeviceKey.generate());
    return { serverUrl: url, version, tenant: only, demoAccounts, ...(keepLogin === undefined ? {} : { keepLogin: keepLogin.pcApp }) };
  }

  async login(input: InputOf<WorkspaceContract, 'account.login'>): Promise<LoginProgress> {
    const url = serverUrl(input.serverUrl);
    const typed = input.member.trim().toLowerCase();
    const attempt = await this.#beginAttempt(url, typed, input.keepLogin);
    const step = await beginLogin(attempt.options, { member: typed, password: input.password, kind: 'pc-app' });
    return this.#proceed(randomUUID(), attempt, step);
  }

  async continueLogin({ loginId, answer }: InputOf<WorkspaceContract, 'account.continueLogin'>): Promise<LoginProgress> {
    const { facts, step } = await this.#attempts.answer(loginId, answer);
    return this.#proceed(loginId, facts, step);
  }

  async cancelLogin(loginId: string): Promise<void> {
    this.#attempts.drop(loginId);
  }

  visit(typed: string): Client<typeof login> {
    const { http, host, version } = this.#options;
    const signed = new SignedHttp({ url: serverUrl(typed), key: this.#visitor, http: http.request, clock: host.clock, version });
    return connect(login, signed.open);
  }

  async active(): Promise<void> {
    for (const { core } of this.#live.values()) core.active();
  }

  /** What a login needs before the server is asked: the key of this device, and where tokens go. */
  async #beginAttempt(url: string, typed: string, keepLogin: boolean): Promise<Attempt> {
    const { secrets } = await this.#openSecrets();
    const known = this.#list
      .all()
      .find((record) => record.serverUrl === url && (typed === record.memberId || typed === `${record.memberId}@${record.tenant}`));
    const accountId = known?.accountId ?? randomUUID();
    // A key is put away only once somebody logged in with it: failed attempts leave nothing behind.
    const key = known === undefined ? DeviceKey.generate() : await deviceKey(secrets, accountId);
    const save = async (refreshToken: string, identity: Identity) => {
      attempt.latest = { refreshToken, identity };
      await this.#renewed(attempt.accountId, attempt.latest);
    };
    const options = this.#sessionOptions(() => attempt.accountId, url, key, save);
    const attempt: Attempt = { known, keepLogin, options, accountId, latest: null };
    return attempt;
  }

  async #proceed(loginId: string, attempt: Attempt, step: LoginStep): Promise<LoginProgress> {
    if (step.kind === 'continue') {
      this.#attempts.keep(loginId, { facts: attempt, step });
      return { kind: 'continue', loginId, need: step.need };
    }
    this.#attempts.drop(loginId);
    return { kind: 'open', accountId: await this.#enter(attempt, step.session) };
  }

  /** A session is there: its account opens. */
  async #enter(attempt: Attempt, session: Session & { identity: Identity }): Promise<string> {
    const { known, options } = attempt;
    const { identity } = session;
    const { secrets, available } = await this.#openSecrets();
    const isKnown = known?.tenant === identity.tenant && known.memberId === identity.member.memberId;
    if (!isKnown) attempt.accountId = randomUUID();
    const { accountId } = attempt;
    if (!isKnown) await secrets.set(accountId, 'device_key', options.key.secret);
    // The rule comes first: where it forbids keeping the login, nothing is written, not even for a moment.
    const rules = await connect(tenant, session.transport.call)['policy.mine']({});
    await this.#close(accountId);
    const { memberId } = identity.member;
    const record = { accountId, serverUrl: options.url, tenant: identity.tenant, memberId, keepLogin: attempt.keepLogin };
    this.#list.put(record);
    const live = await this.#open(record, session, attempt.latest!, available);
    live.core.store.values.put('policy', rules);
    this.#begin(live);
    await this.#keep(live);
    this.#options.host.emit({ type: 'accounts.changed' });
    return accountId;
  }

  async logout(accountId: string): Promise<void> {
    const live = this.#find(accountId);
    const { clock } = this.#options.host;
    const farewell = connect(tenant, live.session.transport.call)
      ['session.end']({})
      .catch(() => {});
    let cancel = () => {};
    await Promise.race([farewell, new Promise<void>((resolve) => (cancel = clock.after(farewellMs, resolve)))]);
    cancel();
    await this.#forget(accountId);
    await this.#close(accountId);
    await this.#releaseFiles();
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  async keepLogin(accountId: string): Promise<OutputOf<WorkspaceContract, 'account.keepLogin'>> {
    const { record, core } = this.#find(accountId);
    const { available } = await this.#openSecrets();
    return { keepLogin: this.#recordOf(record).keepLogin, permitted: core.policy().keepLogin.pcApp, keychain: available };
  }

  async setKeepLogin(accountId: string, keepLogin: boolean, _program: KeptProgram): Promise<boolean> {
    const live = this.#find(accountId);
    this.#list.put({ ...this.#recordOf(live.record), keepLogin });
    return this.#keep(live);
  }

  async #resumeOne(record: AccountRecord): Promise<void> {
    const { secrets, available } = await this.#openSecrets();
    const kept = await readKeptSession(secrets, record.accountId);
    if (kept === null) return;
    const { accountId } = record;
    const key = await deviceKey(secrets, accountId);
    const save = (refreshToken: string, identity: Identity) => this.#renewed(accountId, { refreshToken, identity });
    const session = resumeSession(
      this.#sessionOptions(() => accountId, record.serverUrl, key, save),
      kept.refreshToken,
    );
    const live = await this.#open(record, session, kept, available);
    if (live.core.policy().keepLogin.pcApp) this.#begin(live);
    else await this.#ended(accountId, 'keep_login_forbidden');
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  async #open(record: AccountRecord, session: Session, latest: LiveAccount['latest'], persistent: boolean): Promise<LiveAccount> {
    const { host, profile } = this.#options;
    const { accountId } = record;
    const { secrets } = await this.#openSecrets();
    const databaseKey = await localKey(secrets, accountId, latest.identity.databaseKey, host.random);
    const folder = persistent ? path.join(profile, 'accounts', accountId) : null;
    const { store, notice } = openStore(folder === null ? null : path.join(folder, 'local.db'), databaseKey, host.clock.now());
    const core = new AccountCore({
      accountId,
      identity: latest.identity,
      transport: session.transport,
      store,
      host,
      persistent,
      notices: notice === null ? [] : [notice],
      onEnded: (reason) => void this.#ended(accountId, reason),
      onPolicy: (policy) => {
        const current = this.#live.get(accountId);
        this.#options.onPolicy?.(accountId);
        if (current !== undefined) void this.#keep(current, policy.keepLogin.pcApp).catch(host.report);
      },
    });
    const openDatabase = (name: string) => openNamedDatabase(folder, name, databaseKey);
    const live: LiveAccount = { record, session, core, folder, databaseKey, openDatabase, latest };
    this.#live.set(accountId, live);
    return live;
  }

  #begin(live: LiveAccount): void {
    this.#options.onOpened?.(live);
    live.core.start();
  }

  /** Writes or drops the kept session, as wish, rule and keychain say; returns whether the login is kept. */
  async #keep(live: LiveAccount, permitted = live.core.policy().keepLogin.pcApp): Promise<boolean> {
    const { secrets, available } = await this.#openSecrets();
    const { accountId } = live.record;
    const kept = this.#recordOf(live.record).keepLogin && permitted && available;
    if (kept) await writeKeptSession(secrets, accountId, live.latest);
    else await secrets.delete(accountId, 'session');
    return kept;
  }

  /** A rotated token is in the keychain before anybody uses it, or it is not kept at all. */
  async #renewed(accountId: string, latest: LiveAccount['latest']): Promise<void> {
    const live = this.#live.get(accountId);
    if (live === undefined) return;
    live.latest = latest;
    await this.#keep(live).catch(this.#options.host.report);
    live.core.setIdentity(latest.identity);
  }

  async #ended(accountId: string, reason: string): Promise<void> {
    if (!this.#live.has(accountId)) return;
    const { host } = this.#options;
    const closed = this.#close(accountId);
    host.emit({ type: 'account.ended', accountId, reason });
    host.emit({ type: 'accounts.changed' });
    await closed;
    await this.#releaseFiles();
    await this.#forget(accountId).catch(host.report);
  }

  /** Drops the saved session, and only that: device key and database part stay, so that the next login finds everything. */
  async #forget(accountId: string): Promise<void> {
    const { secrets } = await this.#openSecrets();
    await secrets.delete(accountId, 'session');
  }

  /** From the first moment the account is not there any more for anybody who asks. */
  async #close(accountId: string): Promise<void> {
    const live = this.#live.get(accountId);
    if (live === undefined) return;
    this.#live.delete(accountId);
    live.core.stop();
    await this.#options.onClosing?.(accountId).catch(this.#options.host.report);
    for (const reference of neededFiles(live.core.store)) this.#unsent.add(reference);
    live.core.close();
    live.databaseKey.fill(0);
  }

  /** With the last account its drafts are gone: what was pasted into them must not stay in the clear. Unsent messages keep their files. */
  async #releaseFiles(): Promise<void> {
    const { files, report } = this.#options.host;
    if (this.#live.size === 0) await files.releaseAllBut?.([...this.#unsent]).catch(report);
  }

  #find(accountId: string): LiveAccount {
    const live = this.#live.get(accountId);
    if (live === undefined)
      throw new AppError('unauthenticated', 'Not logged in to this account', { details: { reason: 'session_missing' } });
    return live;
  }

  #recordOf(record: AccountRecord): AccountRecord {
    return this.#list.all().find(({ accountId }) => accountId === record.accountId) ?? record;
  }

  #sessionOptions(accountId: () => string, url: string, key: DeviceKey, save: SessionOptions['save']): SessionOptions {
    const { http, host, version } = this.#options;
    return { url, key, http, clock: host.clock, version, save, onEnded: (reason) => void this.#ended(accountId(), reason) };
  }

  #info(url: string, key: DeviceKey): Promise<OutputOf<typeof tenant, 'server.info'>> {
    const { http, host, version } = this.#options;
    return connect(tenant, new SignedHttp({ url, key, http: http.request, clock: host.clock, version }).open)['server.info']({});
  }

  /** Asked once a run: the OS may show a prompt, and what is kept must not change places halfway. */
  #openSecrets(): Promise<{ secrets: Secrets; available: boolean }> {
    this.#secrets ??= this.#options.keychain
      .available()
      .catch(() => false)
      .then((available) => ({ available, secrets: available ? this.#options.keychain : memorySecrets() }));
    return this.#secrets;
  }
}
