import { describe, expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Step } from '#shared/sync/plan.ts';
import { DiskChanged } from './disk.ts';
import { FailureBook, failureReason } from './failures.ts';

/** A clock that stands until it is moved. */
class StandingClock implements Clock {
  time = 0;
  now = (): number => this.time;
  monotonic = (): number => this.time;
  after = (): (() => void) => () => undefined;
}

const update: Step = { kind: 'update', id: 'x', baseVersion: 1 };

describe('the failure book', () => {
  it('lets a step wait longer after each failure, a minute at most, and not at all once its subject is another', () => {
    const clock = new StandingClock();
    const book = new FailureBook(clock);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      book.record(update, 'same', { reason: 'in_use', quiet: false });
      pauses.push(book.nextRetry!);
      expect(book.isParked(update, 'same')).toBe(true);
      expect(book.isParked(update, 'other')).toBe(false);
      clock.time += book.nextRetry!;
      expect(book.isParked(update, 'same')).toBe(false);
    }
    expect(pauses.slice(0, 4)).toEqual([200, 400, 800, 1_600]);
    expect(pauses.at(-1)).toBe(60_000);
  });

  it('keeps to itself what was only busy for a moment, and tells it when that goes on', () => {
    const book = new FailureBook(new StandingClock());
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      book.record(update, 'same', { reason: 'file_changed', quiet: true });
      expect(book.all[0]!.quiet).toBe(attempt < 6);
    }
  });

  it('sends a file that is saved now and then at once, and one that changes all the time less and less often', () => {
    const clock = new StandingClock();
    const book = new FailureBook(clock);
    for (let save = 0; save < 10; save += 1) {
      book.sent('x');
      expect(book.isParked(update, 's')).toBe(false);
      clock.time += 30_000;
    }
    const pauses: number[] = [];
    for (let save = 0; save < 12; save += 1) {
      book.sent('x');
      pauses.push(book.nextRetry ?? 0);
      clock.time += (book.nextRetry ?? 0) + 100;
    }
    expect(pauses.slice(0, 5)).toEqual([0, 0, 0, 500, 1_000]);
    expect(pauses.at(-1)).toBe(60_000);
    expect(book.isParked({ kind: 'delete_there', id: 'x', baseVersion: 1 }, 's')).toBe(false);
  });

  it('names what went wrong by a code', () => {
    expect(failureReason(new DiskChanged('x'))).toEqual({ reason: 'changed_meanwhile', quiet: true });
    expect(failureReason(Object.assign(new Error(), { code: 'ENOSPC' }))).toEqual({ reason: 'disk_full', quiet: false });
    expect(failureReason(Object.assign(new Error(), { code: 'EROFS' }))).toEqual({ reason: 'no_permission', quiet: false });
    expect(failureReason(new Error('?'))).toEqual({ reason: 'io_error', quiet: false });
    expect(failureReason(new AppError('conflict', 'x', { details: { reason: 'file_changed' } }))).toEqual({
      reason: 'file_changed',
      quiet: true,
    });
  });
});
