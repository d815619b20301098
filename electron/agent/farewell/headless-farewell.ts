import path from 'node:path';
import { MemoryStore } from '#shared/client/memory-store.ts';
import type { Identity } from '#shared/contract/login.ts';
import type { Policy } from '#shared/model/policy.ts';
import { nodeClock, nodeRandom } from '../host/node-clock.ts';
import type { Secrets } from '../host/secrets.ts';
import type { SyncAccount } from '../sync/account.ts';
import type { NodeHttp } from '../transport/http.ts';
import { Farewells } from './farewells.ts';
import { isLast } from './occasions.ts';

export interface HeadlessFarewellOptions {
  /** Where accounts keep their state; the account's own folder lies in it under its id. */
  readonly state: string;
  readonly accountId: string;
  readonly serverUrl: string;
  /** As it was given: `member` or `member@tenant`. */
  readonly member: string;
  readonly deviceName: string;
  readonly version: string;
  readonly http: NodeHttp;
  readonly secrets: Secrets;
}

/** An open session of a program without windows, as its farewell reads it. */
export interface HeadlessLeaver extends Pick<SyncAccount, 'openDatabase'> {
  readonly identity: Identity;
  readonly policy: Policy;
}

/** The same for a program without windows: it holds one account, and no messages. */
export class HeadlessFarewell {
  readonly #options: HeadlessFarewellOptions;
  readonly #farewells: Farewells;

  constructor(options: HeadlessFarewellOptions) {
    const { state, secrets, http, version, deviceName } = options;
    this.#options = options;
    this.#farewells = new Farewells({
      ...{ profile: state, http, version, deviceName, list: { remove: () => undefined } },
      accountFolder: (accountId) => path.join(state, accountId),
      secrets: async () => ({ secrets }),
      host: {
        // What could not be told is told at the next start: nothing may keep the program from ending.
        clock: { ...nodeClock, after: () => () => undefined },
        random: nodeRandom,
        files: {},
        emit: () => undefined,
        report: (error) => void process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
      },
    });
  }

  /** What a crash, or a server that was away, left to do. */
  async resume(): Promise<void> {
    await this.#farewells.resume();
    await this.#farewells.resumeRest();
  }

  /** Writes down where the account's folders are. */
  remember(leaver: HeadlessLeaver): void {
    this.#farewells.remember(this.#leaverOf(leaver));
  }

  /** @param leaver null where the session could not even be opened */
  async leave(reason: string, leaver: HeadlessLeaver | null): Promise<void> {
    await this.#farewells.leave(this.#leaverOf(leaver), reason);
    if (isLast(reason)) await this.#farewells.destroy(this.#options.accountId);
  }

  #leaverOf(leaver: HeadlessLeaver | null) {
    const { state, accountId, serverUrl, member } = this.#options;
    const [memberId = member, tenant = ''] = member.split('@');
    const facts = { accountId, serverUrl, folder: path.join(state, accountId) };
    if (leaver === null) return { ...facts, tenant, memberId, recoveryKey: null, open: null };
    const { identity, policy, openDatabase } = leaver;
    return {
      ...{ ...facts, tenant: identity.tenant, memberId: identity.member.memberId, recoveryKey: identity.recoveryKey },
      open: { openDatabase, policy: () => policy, store: new MemoryStore() },
    };
  }
}
