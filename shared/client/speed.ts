import type { Clock } from '#shared/base/clock.ts';

/** The stretch of time that the shown rate looks back on, in milliseconds. */
const windowMs = 3_000;

/** How fast bytes go lately, on monotonic time. */
export class Speed {
  readonly #clock: Clock;
  #steps: { readonly at: number; readonly total: number }[];
  total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#steps = [{ at: clock.monotonic(), total: 0 }];
  }

  add(bytes: number): void {
    this.total += bytes;
  }

  bytesPerSecond(): number {
    const now = this.#clock.monotonic();
    this.#steps.push({ at: now, total: this.total });
    while (this.#steps.length > 2 && this.#steps[1]!.at < now - windowMs) this.#steps.shift();
    const first = this.#steps[0]!;
    return now <= first.at ? 0 : Math.round(((this.total - first.total) * 1000) / (now - first.at));
  }
}
