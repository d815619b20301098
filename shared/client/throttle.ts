import type { Clock } from '#shared/base/clock.ts';

/** Calls `work` for a key at once, then at most once per interval; the last call is never lost. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #waiting = new Map<string, { again: boolean; cancel: () => void }>();

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  run(key: string, work: () => void): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.again = true;
      return;
    }
    work();
    const cancel = this.#clock.after(this.#intervalMs, () => {
      const { again } = this.#waiting.get(key) ?? { again: false };
      this.#waiting.delete(key);
      if (again) this.run(key, work);
    });
    this.#waiting.set(key, { again: false, cancel });
  }

  stop(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
