import { expect, test } from 'vitest';
import type { Transfer } from '#shared/contract/workspace.ts';
import { inOrder, summarise, timeLeft } from './transfer-summary.ts';

const transfer = (id: string, more: Partial<Transfer>): Transfer => ({
  id,
  direction: 'up',
  name: id,
  spaceId: null,
  folderId: null,
  sizeBytes: 100,
  doneBytes: 0,
  bytesPerSecond: 0,
  state: 'queued',
  code: null,
  reason: null,
  subject: null,
  revealable: false,
  ...more,
});

test('the head counts what is left, its bytes and its time at the present rate', () => {
  const all = [
    transfer('a', { state: 'running', doneBytes: 40, bytesPerSecond: 20 }),
    transfer('b', {}),
    transfer('c', { state: 'done', doneBytes: 100 }),
    transfer('d', { state: 'refused' }),
    transfer('e', { state: 'failed' }),
  ];
  expect(summarise(all)).toEqual({ left: 2, leftBytes: 160, secondsLeft: 8, refused: 1, failed: 1, over: 3 });
});

test('nothing is said about the time while nothing moves', () => {
  expect(summarise([transfer('a', {})]).secondsLeft).toBeNull();
  expect(timeLeft(transfer('a', { state: 'running' }))).toBeNull();
  expect(timeLeft(transfer('a', { state: 'running', doneBytes: 50, bytesPerSecond: 25 }))).toBe(2);
});

test('what moves stands first, refusals before what is done, the newest first within each', () => {
  const all = [
    transfer('done-old', { state: 'done' }),
    transfer('refused', { state: 'refused' }),
    transfer('done-new', { state: 'done' }),
    transfer('waits', {}),
    transfer('runs', { state: 'running' }),
  ];
  expect(inOrder(all).map(({ id }) => id)).toEqual(['runs', 'waits', 'refused', 'done-new', 'done-old']);
});
