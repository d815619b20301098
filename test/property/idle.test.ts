import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdleWatch, idleWarningMs } from '#shared/client/idle.ts';

const minute = 60_000;

/** Both clocks, moved by hand and apart from each other. */
class TwoClocks {
  wall = 1_800_000_000_000;
  monotone = 0;
  now = () => this.wall;
  monotonic = () => this.monotone;
}

type Step =
  | { readonly kind: 'pass'; readonly wall: number; readonly monotonic: number }
  | { readonly kind: 'activity'; readonly agoMs: number }
  | { readonly kind: 'tick' };

/** Honest time, sleep (the monotonic clock stands), a clock that is set forward or back, and people. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 0, max: 20 * minute }).map((ms) => ({ kind: 'pass' as const, wall: ms, monotonic: ms })),
  fc.integer({ min: 0, max: 90 * minute }).map((ms) => ({ kind: 'pass' as const, wall: ms, monotonic: 0 })),
  fc
    .tuple(fc.integer({ min: -600 * minute, max: 600 * minute }), fc.integer({ min: 0, max: minute }))
    .map(([wall, monotonic]) => ({ kind: 'pass' as const, wall, monotonic })),
  fc.integer({ min: 0, max: 40 * minute }).map((agoMs) => ({ kind: 'activity' as const, agoMs })),
  fc.constant({ kind: 'tick' as const }),
);
const steps = fc.array(step, { maxLength: 60 });
const rule = fc.constantFrom(30, 60, 120);

describe('the watch over idle programs', () => {
  it('says what a plain count of the larger steps says', () => {
    fc.assert(
      fc.property(rule, steps, (minutes, walk) => {
        const clock = new TwoClocks();
        const watch = new IdleWatch(clock, minutes);
        let idle = 0;
        for (const one of walk) {
          if (one.kind === 'pass') {
            clock.wall += one.wall;
            clock.monotone += one.monotonic;
            idle += Math.max(0, one.wall, one.monotonic);
            expect(watch.idleMs()).toBe(idle);
          } else if (one.kind === 'activity') {
            const counts = idle < minutes * minute && one.agoMs < idle;
            expect(watch.activity(one.agoMs)).toBe(counts);
            if (counts) idle = one.agoMs;
          }
          const left = minutes * minute - idle;
          const expected = left <= 0 ? 'over' : left <= idleWarningMs ? 'warn' : 'none';
          const verdict = watch.tick();
          expect(verdict.kind).toBe(expected);
          if (verdict.kind === 'warn') expect(verdict.endsAt).toBe(clock.wall + left);
        }
      }),
    );
  });

  it('is over for good once the time is up, whoever comes back then and whatever the clocks say', () => {
    fc.assert(
      fc.property(rule, steps, (minutes, walk) => {
        const clock = new TwoClocks();
        const watch = new IdleWatch(clock, minutes);
        clock.wall += minutes * minute;
        for (const one of walk) {
          if (one.kind === 'pass') {
            clock.wall += one.wall;
            clock.monotone += one.monotonic;
          } else if (one.kind === 'activity') expect(watch.activity(one.agoMs)).toBe(false);
          // Nobody may have looked at the very moment: a step back right after it is the first that the watch sees.
          if (one.kind !== 'pass') expect(watch.tick().kind).toBe('over');
          else if (watch.tick().kind !== 'over') return;
        }
      }),
    );
  });

  it('never says over sooner than the rule, nor anything at all without one', () => {
    fc.assert(
      fc.property(rule, steps, (minutes, walk) => {
        const clock = new TwoClocks();
        const [watch, free] = [new IdleWatch(clock, minutes), new IdleWatch(clock, null)];
        let most = 0;
        for (const one of walk) {
          if (one.kind === 'pass') {
            clock.wall += one.wall;
            clock.monotone += one.monotonic;
            most += Math.max(0, one.wall, one.monotonic);
          }
          if (watch.tick().kind === 'over') expect(most).toBeGreaterThanOrEqual(minutes * minute);
          expect(free.tick()).toEqual({ kind: 'none' });
          expect(free.nextMs()).toBeNull();
        }
      }),
    );
  });

  it('wakes by itself at the next change, not sooner and not later', () => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 40 * minute }), (minutes, idle) => {
        const clock = new TwoClocks();
        const watch = new IdleWatch(clock, minutes, { idleMs: idle, at: clock.wall });
        const before = watch.tick().kind;
        const next = watch.nextMs()!;
        if (before === 'over') {
          expect(next).toBe(0);
          return;
        }
        clock.monotone += next - 1;
        expect(watch.tick().kind).toBe(before);
        clock.monotone += 1;
        expect(watch.tick().kind).not.toBe(before);
      }),
    );
  });
});

describe('locking the screen', () => {
  it('begins the idle time, and unlocking in time ends it', () => {
    const clock = new TwoClocks();
    const watch = new IdleWatch(clock, 30);
    watch.lock();
    clock.monotone += 20 * minute;
    expect(watch.activity()).toBe(false);
    clock.wall += 5 * minute;
    expect(watch.idleMs()).toBe(25 * minute);
    watch.unlock();
    expect(watch.idleMs()).toBe(0);
    watch.lock();
    clock.wall += 31 * minute;
    watch.unlock();
    expect(watch.tick()).toEqual({ kind: 'over' });
  });

  it('goes on counting over a restart by the wall clock, and a clock turned back meanwhile takes nothing away', () => {
    const clock = new TwoClocks();
    expect(new IdleWatch(clock, 30, { idleMs: 10 * minute, at: clock.wall - 25 * minute }).tick()).toEqual({ kind: 'over' });
    expect(new IdleWatch(clock, 30, { idleMs: 10 * minute, at: clock.wall + 25 * minute }).idleMs()).toBe(10 * minute);
  });
});
