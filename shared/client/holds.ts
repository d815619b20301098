import type { Clock } from '#shared/base/clock.ts';

/** The pause before the first repetition, and the longest one, in milliseconds. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Things that are left alone for a while before they are tried again. */
export class Holds {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  readonly #waiting = new Map<string, () => void>();
  readonly #failures = new Map<string, number>();

  /** @param onOver a pause is over */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  hold(id: string, pauseMs: number): void {
    this.#waiting.get(id)?.();
    const cancel = this.#clock.after(pauseMs, () => {
      this.#waiting.delete(id);
      this.#onOver();
    });
    this.#waiting.set(id, cancel);
  }

  /** Longer after each failure in a row. */
  backOff(id: string): void {
    const failures = this.#failures.get(id) ?? 0;
    this.#failures.set(id, failures + 1);
    this.hold(id, Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10)));
  }

  /** It went well, or somebody wants it now. */
  clear(id: string): void {
    this.#failures.delete(id);
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }

  /** Everything may be tried at once, for instance because the server answers again. */
  releaseAll(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
