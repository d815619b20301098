import { expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { followIdle } from './idle.ts';

/** A clock that only moves when told. */
class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now = () => this.#now;
  monotonic = () => this.#now;
  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
    }
    this.#now = end;
  }
}

function follow() {
  const clock = new HandClock();
  const told: number[] = [];
  const machine = { seconds: 0 };
  const { heard } = followIdle({
    idleSeconds: () => machine.seconds,
    clock,
    tell: (event) => void (event.type === 'idle' && told.push(event.seconds)),
  });
  return { clock, told, machine, heard };
}

it('says twice a minute how long nobody has touched the machine', () => {
  const { clock, told, machine } = follow();
  machine.seconds = 29.7;
  clock.pass(30_000);
  machine.seconds = 3;
  clock.pass(59_999);
  expect(told).toEqual([0, 29, 3]);
});

it('looks every second while an account is about to be logged out, and no longer', () => {
  const { clock, told, machine, heard } = follow();
  machine.seconds = 1_740;
  heard({ type: 'idle.warning', accountId: 'a', endsAt: 1 });
  expect(told).toEqual([0, 1_740]);
  clock.pass(2_500);
  machine.seconds = 0;
  clock.pass(500);
  expect(told).toEqual([0, 1_740, 1_740, 1_740, 0]);
  heard({ type: 'idle.warning', accountId: 'a', endsAt: null });
  clock.pass(1_000);
  told.length = 0;
  clock.pass(29_999);
  expect(told).toEqual([]);
  clock.pass(1);
  expect(told).toHaveLength(1);
});

it('goes on looking while another account is still warned, and lets an account go that ended', () => {
  const { clock, told, heard } = follow();
  heard({ type: 'idle.warning', accountId: 'a', endsAt: 1 });
  heard({ type: 'idle.warning', accountId: 'b', endsAt: 1 });
  heard({ type: 'account.ended', accountId: 'a', reason: 'session_idle' });
  told.length = 0;
  clock.pass(3_000);
  expect(told).toHaveLength(3);
  heard({ type: 'account.ended', accountId: 'b', reason: 'session_idle' });
  clock.pass(1_000);
  told.length = 0;
  clock.pass(29_000);
  expect(told).toEqual([]);
});

it('is not disturbed by anything else that the agent says', () => {
  const { told, heard } = follow();
  for (const event of [null, 'x', { type: 'accounts.changed' }, { type: 'of.a.newer.agent', accountId: 'a' }]) heard(event);
  expect(told).toEqual([0]);
});
