import type { Clock } from '#shared/base/clock.ts';
import { nodeClock } from '../../../electron/agent/host/node-clock.ts';

/** The machine's clock, set forward or back by a test: the wall and the monotonic one apart, as sleep and hands do. Timers stay real. */
export interface MovedClock extends Clock {
  /** Time that passes while the machine runs. */
  pass(milliseconds: number): void;
  /** The wall clock alone: sleep, or somebody who sets it. */
  setWall(milliseconds: number): void;
}

export function movedClock(): MovedClock {
  let [wall, monotonic] = [0, 0];
  return {
    now: () => nodeClock.now() + wall,
    monotonic: () => nodeClock.monotonic() + monotonic,
    after: nodeClock.after,
    pass: (milliseconds) => {
      wall += milliseconds;
      monotonic += milliseconds;
    },
    setWall: (milliseconds) => void (wall += milliseconds),
  };
}

export const minute = 60_000;
export const hour = 60 * minute;
