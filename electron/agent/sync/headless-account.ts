import type { Clock } from '#shared/base/clock.ts';
import { reasonOf, type AppError } from '#shared/base/errors.ts';
import { passingReasons } from '#shared/client/lock-reasons.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import type { HeadlessSession } from '../headless-session.ts';
import type { SyncAccount } from './account.ts';

type Watcher = Parameters<SyncAccount['watch']>[0];

/** Longest pauses in milliseconds, without an answer and while a rule stops the line: the end of that is looked for soon. */
const longestPause = 30_000;
const longestStoppedPause = 10_000;

/** An account of the headless command: asks for the rules itself and keeps the event socket open. */
export class HeadlessAccount implements SyncAccount {
  readonly accountId: string;
  readonly deviceName: string;
  readonly transport: HeadlessSession['transport'];
  readonly #session: HeadlessSession;
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();
  #policy: Policy = defaultPolicy;
  #closeSocket: () => void = () => undefined;
  #attempts = 0;
  #ended = false;

  constructor(session: HeadlessSession) {
    this.accountId = session.accountId;
    this.deviceName = session.deviceName;
    this.transport = session.transport;
    this.#session = session;
    this.#clock = session.clock;
  }

  policy(): Policy {
    return this.#policy;
  }
  openDatabase(name: string): ReturnType<SyncAccount['openDatabase']> {
    return this.#session.openDatabase(name);
  }
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Must be called before anything is synced. Throws `AppError`. */
  async readPolicy(): Promise<void> {
    this.#policy = (await connect(tenant, this.transport.call)['policy.mine']({})).policy;
    await this.#session.keepUnder(this.#policy);
  }

  /** Listens to the server until `close`; `onPolicy` is called when other rules are in force, `onEnded` when the session is over. */
  listen(onPolicy: () => void, onEnded: (reason: string) => void): void {
    if (this.#ended) return;
    this.#closeSocket = this.transport.events(
      (event) => {
        // A rule that passes stops the line only: the server closes it, and we come back until it takes us again.
        if (event.type === 'session.ended' && !passingReasons.has(event.reason)) onEnded(event.reason);
        if (event.type === 'policy.changed') void this.readPolicy().then(onPolicy, () => undefined);
        for (const watcher of this.#watchers) watcher(event);
      },
      (state, error) => this.#lineChanged(state, error, onPolicy, onEnded),
    );
  }

  close(): void {
    this.#ended = true;
    this.#closeSocket();
  }

  #lineChanged(state: 'open' | 'closed', error: AppError | undefined, onPolicy: () => void, onEnded: (reason: string) => void): void {
    for (const watcher of this.#watchers) watcher({ type: 'connection', state: state === 'open' ? 'online' : 'offline' });
    if (state === 'open') {
      this.#attempts = 0;
      void this.readPolicy().then(onPolicy, () => undefined);
    } else if (error?.code === 'unauthenticated') onEnded(reasonOf(error) ?? 'session_ended');
    else {
      this.#attempts += 1;
      const longest = error === undefined || error.code === 'unavailable' ? longestPause : longestStoppedPause;
      this.#clock.after(Math.min(longest, 250 * 2 ** this.#attempts), () => this.listen(onPolicy, onEnded));
    }
  }
}
