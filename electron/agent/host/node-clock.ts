import { randomBytes } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';

/** The machine's clock. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Cryptographic randomness. */
export const nodeRandom = (sizeBytes: number): Uint8Array => randomBytes(sizeBytes);
