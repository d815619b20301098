import type { Clock } from '#shared/base/clock.ts';

/** A clock that only moves when told, and lets all that waits for promises happen in between. */
export class HandClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  now = () => 1_800_000_000_000 + this.#now;
  monotonic = () => this.#now;
  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
    }
    this.#now = end;
    await settled();
  }
}

/** Everything that only waits for promises has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
