/** Time, injected everywhere so that tests can move it. */
export interface Clock {
  /** Wall clock, epoch milliseconds. Data only: nothing is ordered by it. */
  now(): number;
  /** Monotonic milliseconds since an arbitrary start; what timers and durations use. */
  monotonic(): number;
  /** Runs `callback` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Resolves after `milliseconds` of `clock`. */
export const sleep = (clock: Clock, milliseconds: number): Promise<void> =>
  new Promise((resolve) => void clock.after(milliseconds, resolve));
