import type { Transfer } from '#shared/contract/workspace.ts';

export interface TransferSummary {
  /** Transfers that go on or wait. */
  readonly left: number;
  readonly leftBytes: number;
  /** Null while nothing moves: then nothing can be said. */
  readonly secondsLeft: number | null;
  readonly refused: number;
  readonly failed: number;
  readonly over: number;
}

export const isGoing = ({ state }: Transfer): boolean => state === 'queued' || state === 'running' || state === 'paused';

const secondsFor = (bytes: number, bytesPerSecond: number): number | null => (bytesPerSecond > 0 ? bytes / bytesPerSecond : null);

/** How long one transfer still takes at its present rate, in seconds. */
export const timeLeft = ({ sizeBytes, doneBytes, bytesPerSecond }: Transfer): number | null =>
  secondsFor(Math.max(0, sizeBytes - doneBytes), bytesPerSecond);

/** What the head of the transfers says. */
export function summarise(transfers: readonly Transfer[]): TransferSummary {
  const going = transfers.filter(isGoing);
  const leftBytes = going.reduce((sum, { sizeBytes, doneBytes }) => sum + Math.max(0, sizeBytes - doneBytes), 0);
  const rate = going.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
  const countOf = (state: Transfer['state']) => transfers.filter((transfer) => transfer.state === state).length;
  return {
    left: going.length,
    leftBytes,
    secondsLeft: secondsFor(leftBytes, rate),
    refused: countOf('refused'),
    failed: countOf('failed'),
    over: transfers.length - going.length,
  };
}

const order: Readonly<Record<Transfer['state'], number>> = {
  running: 0,
  queued: 1,
  paused: 2,
  refused: 3,
  failed: 4,
  done: 5,
  cancelled: 6,
};

/** What moves first, then what waits, what needs a look, and what is over; within each the newest first. */
export const inOrder = (transfers: readonly Transfer[]): Transfer[] =>
  transfers.toReversed().sort((a, b) => order[a.state] - order[b.state]);
