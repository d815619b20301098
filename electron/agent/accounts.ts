import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import type { ClientHost } from '#shared/client/context.ts';
import type { Accounts, KeptProgram } from '#shared/client/workspace.ts';
import { connect, type Client, type InputOf, type OutputOf } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { login, type Identity } from '#shared/contract/login.ts';
import type { LoginProgress, WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Farewell } from '#shared/model/farewell.ts';
import { openAccountList, type AccountList, type AccountRecord } from './account-list.ts';
import { deviceKey } from './account-keys.ts';
import { Farewells } from './farewell/farewells.ts';
import { memorySecrets, type Secrets } from './host/secrets.ts';
import type { Latest, OpenAccount } from './live-account.ts';
import { LiveAccounts } from './live-accounts.ts';
import { loginWithBrowser } from './browser-login.ts';
import { LoginAttempts } from './login-attempts.ts';
import { beginLogin, deviceName, type LoginStep, type Session, type SessionOptions } from './open-session.ts';
import { DeviceKey } from './transport/device-key.ts';
import type { NodeHttp } from './transport/http.ts';
import { serverUrl } from './transport/server-url.ts';
import { SignedHttp } from './transport/signed-http.ts';

export interface AccountsOptions {
  readonly profile: string;
  readonly version: string;
  /** The OS keychain as the host serves it; when it is not available, secrets end with the process. */
  readonly keychain: Secrets;
  readonly http: NodeHttp;
  readonly host: ClientHost;
  /** An account opened: other parts (sync) may begin, or must wait for a login with a password for that reason (ACC-30). */
  onOpened?(account: OpenAccount, waits: string | null): void;
  /** An account is about to close: other parts end their work with it. Its store is closed once this is done. */
  onClosing?(accountId: string, why: string | null): Promise<void>;
  /** Opens an address in the system's browser; missing where there is none. */
  openUrl?(address: string): Promise<void>;
  /** An account is about to log out, online: what was not sent is sent, as far as `signal` lets it. */
  onLoggingOut?(accountId: string, signal: AbortSignal): Promise<void>;
  /** The rules in force for an account changed. */
  onPolicy?(accountId: string): void;
}

/** A login under way, from its first question to the open account. */
interface Attempt {
  readonly known: AccountRecord | undefined;
  readonly keepLogin: boolean;
  readonly options: SessionOptions;
  accountId: string;
  latest: Latest | null;
}

/** The accounts of this profile: logs in, keeps sessions in the keychain as the rules allow, opens and closes local data. */
export class AgentAccounts implements Accounts {
  readonly #options: AccountsOptions;
  readonly #list: AccountList;
  readonly #live: LiveAccounts;
  readonly #attempts: LoginAttempts<Attempt>;
  readonly #farewells: Farewells;
  /** Logins whose person is in the system's browser. */
  readonly #inBrowser = new Map<string, AbortController>();
  /** Who asks before anybody is logged in: a key of this run only. */
  readonly #visitor = DeviceKey.generate();
  #secrets: Promise<{ secrets: Secrets; available: boolean }> | null = null;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#attempts = new LoginAttempts(options.host.clock);
    this.#list = openAccountList(path.join(options.profile, 'accounts.json'));
    const secrets = () => this.#openSecrets();
    const accountFolder = (accountId: string) => path.join(options.profile, 'accounts', accountId);
    this.#farewells = new Farewells({ ...options, accountFolder, list: this.#list, deviceName: deviceName(), secrets });
    this.#live = new LiveAccounts({
      ...options,
      list: this.#list,
      farewells: this.#farewells,
      secrets,
      sessionOptions: (url, key, save, onEnded) => this.#sessionOptions(url, key, save, onEnded),
    });
  }

  list(): AccountCore[] {
    return this.#live.all().map(({ core }) => core);
  }

  opened(): OpenAccount[] {
    return this.#live.all();
  }

  async hasKeychain(): Promise<boolean> {
    return (await this.#openSecrets()).available;
  }

  /** Takes up kept sessions. One that cannot be taken up leaves the others alone. */
  async resume(): Promise<void> {
    const { report } = this.#options.host;
    await this.#farewells.resume().catch(report);
    for (const record of this.#list.all()) await this.#live.resume(record).catch(report);
    await this.#farewells.resumeRest().catch(report);
  }

  /** What became of local data when accounts left; `seen` are those that the person has read. */
  farewells(seen: readonly string[]): Farewell[] {
    return this.#farewells.told(seen);
  }

  nudge(): void {
    for (const { core } of this.#live.all()) core.nudge();
  }

  /** Closes every account without logging out: the program ends. */
  close(): Promise<void> {
    return this.#live.closeAll();
  }

  /** Compares the clocks with what they bound, before anything is shown: whatever has run out is closed when this returns. */
  lookAtClocks(): void {
    this.#live.lookAtClocks();
  }

  /** ACC-34: nobody has touched the machine for so many milliseconds. */
  machineIdle(idleMs: number): void {
    this.#live.machineIdle(idleMs);
  }

  /** The machine's screen was locked: that is idle until it is unlocked. */
  screenLocked(locked: boolean): void {
    this.#live.screenLocked(locked);
  }

  async active(): Promise<void> {
    this.#live.active();
  }

  proven(accountId: string): Promise<void> {
    return this.#live.proven(accountId);
  }

  logout(accountId: string): Promise<void> {
    return this.#live.logout(accountId);
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
    const step = await beginLogin(attempt.options, { member: typed, password: input.password, kind: 'pc-app' }).catch((error: unknown) =>
      this.#refused(attempt, error),
    );
    return this.#proceed(randomUUID(), attempt, step);
  }

  async continueLogin({ loginId, answer }: InputOf<WorkspaceContract, 'account.continueLogin'>): Promise<LoginProgress> {
    const { facts, step } = await this.#attempts.answer(loginId, answer);
    return this.#proceed(loginId, facts, step);
  }

  async cancelLogin(loginId: string): Promise<void> {
    this.#attempts.drop(loginId);
    this.#inBrowser.get(loginId)?.abort();
  }

  /** ACC-23, ACC-26: through the system's browser; until the person came back, gave up, or ten minutes passed. */
  async loginExternal({
    loginId,
    serverUrl: typedUrl,
    method,
    member,
    keepLogin,
  }: InputOf<WorkspaceContract, 'account.loginExternal'>): Promise<LoginProgress> {
    const { openUrl } = this.#options;
    if (openUrl === undefined) throw new AppError('denied', 'There is no browser here', { details: { reason: 'login_method_denied' } });
    const url = serverUrl(typedUrl);
    const typed = member?.trim().toLowerCase() ?? '';
    const attempt = await this.#beginAttempt(url, typed, keepLogin);
    const abort = new AbortController();
    this.#inBrowser.set(loginId, abort);
    try {
      const open = (address: string) => openUrl(address);
      const step = await loginWithBrowser(attempt.options, { method, member: typed === '' ? null : typed, open, signal: abort.signal });
      return await this.#proceed(loginId, attempt, step);
    } finally {
      this.#inBrowser.delete(loginId);
    }
  }

  visit(typed: string): Client<typeof login> {
    const { http, host, version } = this.#options;
    const signed = new SignedHttp({ url: serverUrl(typed), key: this.#visitor, http: http.request, clock: host.clock, version });
    return connect(login, signed.open);
  }

  /** ACC-51: a device that is to be wiped hears of it at its next login, at the latest. Rejects with what the server said. */
  async #refused({ known }: Attempt, error: unknown): Promise<never> {
    if (known !== undefined && error instanceof AppError && reasonOf(error) === 'device_wiped') await this.#live.wipe(known);
    throw error;
  }

  /** What a login needs before the server is asked: the key of this device, and where tokens go. */
  async #beginAttempt(url: string, typed: string, keepLogin: boolean): Promise<Attempt> {
    const { secrets } = await this.#openSecrets();
    const here = this.#list.all().filter((record) => record.serverUrl === url);
    const named = here.find((record) => typed === record.memberId || typed === `${record.memberId}@${record.tenant}`);
    // Whoever logs in through a browser need not type a name: the only one known there is tried first.
    const known = named ?? (typed === '' && here.length === 1 ? here[0] : undefined);
    const accountId = known?.accountId ?? randomUUID();
    // A key is put away only once somebody logged in with it: failed attempts leave nothing behind.
    const key = known === undefined ? DeviceKey.generate() : await deviceKey(secrets, accountId);
    const save = async (refreshToken: string, identity: Identity) => {
      attempt.latest = { refreshToken, identity };
      await this.#live.renewed(attempt.accountId, attempt.latest);
    };
    const options = this.#sessionOptions(url, key, save, (reason) => void this.#live.end(attempt.accountId, reason));
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
    const { secrets } = await this.#openSecrets();
    const isKnown = known?.tenant === identity.tenant && known.memberId === identity.member.memberId;
    if (!isKnown) attempt.accountId = randomUUID();
    const { accountId } = attempt;
    if (!isKnown) await secrets.set(accountId, 'device_key', options.key.secret);
    // The rule comes first: where it forbids keeping the login, nothing is written, not even for a moment.
    const rules = await connect(tenant, session.transport.call)['policy.mine']({});
    await this.#live.close(accountId);
    const { memberId } = identity.member;
    const keepDriveExplorer = this.#list.all().find((record) => record.accountId === accountId)?.keepDriveExplorer ?? true;
    const record = {
      accountId,
      serverUrl: options.url,
      tenant: identity.tenant,
      memberId,
      keepLogin: attempt.keepLogin,
      keepDriveExplorer,
    };
    this.#list.put(record);
    await this.#live.enter(record, session, attempt.latest!, options.key.thumbprint, rules);
    this.#options.host.emit({ type: 'accounts.changed' });
    return accountId;
  }

  async keepLogin(accountId: string): Promise<OutputOf<WorkspaceContract, 'account.keepLogin'>> {
    const { record, core } = this.#live.find(accountId);
    const { available } = await this.#openSecrets();
    const { keepLogin, keepDriveExplorer } = this.#list.latest(record);
    const { pcApp, driveExplorer } = core.policy().keepLogin;
    return { keepLogin, permitted: pcApp, keychain: available, driveExplorer: { keepLogin: keepDriveExplorer, permitted: driveExplorer } };
  }

  async setKeepLogin(accountId: string, keepLogin: boolean, program: KeptProgram): Promise<boolean> {
    const { record, core } = this.#live.find(accountId);
    const before = this.#list.latest(record);
    this.#list.put(program === 'pc-app' ? { ...before, keepLogin } : { ...before, keepDriveExplorer: keepLogin });
    const kept = await this.#live.keep(accountId);
    return program === 'pc-app' ? kept : keepLogin && core.policy().keepLogin.driveExplorer;
  }

  #sessionOptions(url: string, key: DeviceKey, save: SessionOptions['save'], onEnded: (reason: string) => void): SessionOptions {
    const { http, host, version } = this.#options;
    return { url, key, http, clock: host.clock, version, save, onEnded };
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
