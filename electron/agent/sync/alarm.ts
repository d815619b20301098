import type { Clock } from '#shared/base/clock.ts';

/** A sleep that ends early when somebody wakes the sleeper, also when that was before it began. */
export class Alarm {
  readonly #clock: Clock;
  #ring: () => void = () => undefined;
  #rang = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get rang(): boolean {
    return this.#rang;
  }
  ring(): void {
    this.#rang = true;
    this.#ring();
  }
  /** What rings from now on counts for the next sleep. */
  set(): void {
    this.#rang = false;
  }

  /** Resolves after `milliseconds`, or at once when it rings; true when the computer slept meanwhile: far more time has passed than was asked for. */
  async sleep(milliseconds: number): Promise<boolean> {
    if (this.#rang) return false;
    const before = this.#clock.now();
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(milliseconds, resolve);
      this.#ring = () => {
        cancel();
        resolve();
      };
    });
    return this.#clock.now() - before > milliseconds + sleptMilliseconds;
  }
}

const sleptMilliseconds = 30_000;
