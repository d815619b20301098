import type { Clock } from '#shared/base/clock.ts';

const longest = 60_000;

/** Whether a root is paused, and until when: a pause with an end is over when its time has come, however often the program was started meanwhile. */
export class Pause {
  readonly #clock: Clock;
  #isOn = false;
  #until: number | null = null;

  /** `until` is in epoch milliseconds; missing where a person ends it. */
  constructor(clock: Clock, isOn: boolean, until: number | undefined) {
    this.#clock = clock;
    this.set(isOn, until ?? null);
  }

  get isOn(): boolean {
    return this.#isOn && (this.#until === null || this.#clock.now() < this.#until);
  }
  /** When it goes on by itself; null where a person does that, or where it is not paused. */
  get until(): number | null {
    return this.isOn ? this.#until : null;
  }
  /** Milliseconds until it is to be looked at again: a minute at most, since clocks are set. */
  get left(): number {
    return Math.min(longest, Math.max(1, (this.#until ?? Infinity) - this.#clock.now()));
  }
  set(isOn: boolean, until: number | null): void {
    this.#isOn = isOn;
    this.#until = isOn ? until : null;
  }
}
