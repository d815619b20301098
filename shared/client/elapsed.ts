import type { Clock } from '#shared/base/clock.ts';

/**
 * Counts the time that passes, in milliseconds, so that nobody can stretch it: of the wall clock and the monotonic one, the larger step
 * counts each time it looks. Sleep, which only the wall clock sees on some systems, counts; a clock turned back takes nothing away.
 */
export class Elapsed {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #wall: number;
  #monotonic: number;

  /** @param since the wall clock when somebody last counted (before a restart); missing for now */
  constructor(clock: Pick<Clock, 'now' | 'monotonic'>, since?: number) {
    this.#clock = clock;
    this.#wall = since ?? clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** The milliseconds since the last call, or since the start. */
  take(): number {
    const [wall, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    const passed = Math.max(0, wall - this.#wall, monotonic - this.#monotonic);
    this.#wall = wall;
    this.#monotonic = monotonic;
    return passed;
  }
}
