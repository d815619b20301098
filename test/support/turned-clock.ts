import type { Clock } from '#shared/base/clock.ts';

/** A clock that runs as usual and can be turned forward. */
export interface TurnedClock {
  readonly clock: Clock;
  forward(milliseconds: number): void;
}

export function turnedClock(): TurnedClock {
  let offset = 0;
  return {
    clock: {
      now: () => Date.now() + offset,
      monotonic: () => performance.now() + offset,
      after: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    forward: (milliseconds) => {
      offset += milliseconds;
    },
  };
}
