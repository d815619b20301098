import type { Clock } from '#shared/base/clock.ts';
import { IdleWatch } from './idle.ts';

/** However far the next change is away, the clocks are compared this often while a rule is in force, in milliseconds. */
const longestLookMs = 30_000;

export interface IdleKeeperOptions {
  readonly clock: Clock;
  /** A minute is left, at `endsAt` (epoch milliseconds) it is over; null when somebody moved, or the rule did. */
  warn(accountId: string, endsAt: number | null): void;
  /** Nobody touched the program for as long as this account's rule says. Called once; the account is forgotten here before. */
  over(accountId: string): void;
  /** Somebody did something that counts; called for each account. */
  active(accountId: string): void;
}

interface Kept {
  readonly watch: IdleWatch;
  readonly minutes: () => number | null;
  endsAt: number | null;
}

/** Watches for how long nobody has touched a program, for each of its accounts by that account's own rule. */
export class IdleKeeper {
  readonly #options: IdleKeeperOptions;
  readonly #accounts = new Map<string, Kept>();
  #cancel = () => {};

  constructor(options: IdleKeeperOptions) {
    this.#options = options;
  }

  /** Begins to watch an account. Opening it is something that somebody did, unless `before` says how a kept login stood. */
  open(accountId: string, minutes: () => number | null, before?: { readonly idleMs: number; readonly at: number }): void {
    const watch = new IdleWatch(this.#options.clock, minutes(), before);
    this.#accounts.set(accountId, { watch, minutes, endsAt: null });
    this.look();
  }

  close(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  /** For how long nobody has touched an account's program, in milliseconds; null for one that is not watched. */
  idleMs(accountId: string): number | null {
    return this.#accounts.get(accountId)?.watch.idleMs() ?? null;
  }

  /** Somebody touched the program or the machine, so many milliseconds ago. */
  activity(agoMs = 0): void {
    this.#each((watch) => watch.activity(agoMs));
  }

  lock(): void {
    this.#each((watch) => (watch.lock(), false));
  }

  unlock(): void {
    this.#each((watch) => (watch.unlock(), true));
  }

  /** Compares the clocks with the rules now: after a wake-up, when rules changed, and before anything is shown. */
  look(): void {
    this.#each(() => false);
  }

  stop(): void {
    this.#accounts.clear();
    this.#cancel();
  }

  #each(act: (watch: IdleWatch) => boolean): void {
    const { clock, active, over } = this.#options;
    let next = Infinity;
    for (const [accountId, kept] of this.#accounts) {
      kept.watch.rule(kept.minutes());
      const counts = act(kept.watch);
      const verdict = kept.watch.tick();
      if (verdict.kind === 'over') {
        this.#accounts.delete(accountId);
        over(accountId);
        continue;
      }
      if (counts) active(accountId);
      this.#show(accountId, kept, verdict.kind === 'warn' ? verdict.endsAt : null);
      next = Math.min(next, kept.watch.nextMs() ?? Infinity);
    }
    this.#cancel();
    if (next !== Infinity) this.#cancel = clock.after(Math.min(next, longestLookMs), () => this.look());
  }

  /** The end is told once, and again when it moved by more than the clocks' own trembling. */
  #show(accountId: string, kept: Kept, endsAt: number | null): void {
    const before = kept.endsAt;
    if (before === endsAt || (before !== null && endsAt !== null && Math.abs(before - endsAt) < 1_000)) return;
    kept.endsAt = endsAt;
    this.#options.warn(accountId, endsAt);
  }
}
