import type { Clock } from '#shared/base/clock.ts';
import { Elapsed } from './elapsed.ts';

/** How long before the end the person is warned, in milliseconds. */
export const idleWarningMs = 60_000;

/** `endsAt` is epoch milliseconds of the machine's own clock. */
export type IdleVerdict = { readonly kind: 'none' } | { readonly kind: 'warn'; readonly endsAt: number } | { readonly kind: 'over' };

/**
 * ACC-31, ACC-33, ACC-34: for how long nobody has touched the program, against one rule. Time asleep counts, and what somebody does after
 * the time was up comes too late, also where nobody looked in between.
 */
export class IdleWatch {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #elapsed: Elapsed;
  #idleMs: number;
  #minutes: number | null;
  #isLocked = false;

  /** @param before idle time and wall clock when a program that went on from here last counted */
  constructor(clock: Pick<Clock, 'now' | 'monotonic'>, minutes: number | null, before?: { readonly idleMs: number; readonly at: number }) {
    this.#clock = clock;
    this.#minutes = minutes;
    this.#elapsed = new Elapsed(clock, before?.at);
    this.#idleMs = before?.idleMs ?? 0;
  }

  /** The rule in force, in minutes; null for none. */
  rule(minutes: number | null): void {
    this.#minutes = minutes;
  }

  /** Somebody touched the program or the machine, so many milliseconds ago. Returns whether that counts. */
  activity(agoMs = 0): boolean {
    this.#count();
    if (this.#isLocked || this.#isOver() || agoMs >= this.#idleMs) return false;
    this.#idleMs = Math.max(0, agoMs);
    return true;
  }

  /** The machine's screen was locked: nothing counts as activity until it is unlocked, which itself is one. */
  lock(): void {
    this.#count();
    this.#isLocked = true;
  }

  unlock(): void {
    this.#isLocked = false;
    this.activity();
  }

  /** For how long nobody has done anything, in milliseconds. */
  idleMs(): number {
    this.#count();
    return this.#idleMs;
  }

  tick(): IdleVerdict {
    this.#count();
    const leftMs = this.#leftMs();
    if (leftMs <= 0) return { kind: 'over' };
    return leftMs <= idleWarningMs ? { kind: 'warn', endsAt: this.#clock.now() + leftMs } : { kind: 'none' };
  }

  /** In how many milliseconds `tick` may say something else by itself; null for never. */
  nextMs(): number | null {
    const leftMs = this.#leftMs();
    if (leftMs === Infinity) return null;
    return Math.max(0, leftMs > idleWarningMs ? leftMs - idleWarningMs : leftMs);
  }

  #count(): void {
    this.#idleMs += this.#elapsed.take();
  }

  #leftMs(): number {
    return this.#minutes === null ? Infinity : this.#minutes * 60_000 - this.#idleMs;
  }

  #isOver(): boolean {
    return this.#leftMs() <= 0;
  }
}
