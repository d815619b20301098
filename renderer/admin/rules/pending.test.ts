import { expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { minutesAndSeconds, outcomeOf, secondsLeft } from './pending.ts';

const pending = { revision: 5, by: 'a', at: 1_000, revertsAt: 121_000, patch: { network: { mode: 'designated' } } } as const;

test('a change that waited was kept where the rules still say it, and else it went back', () => {
  const kept = { ...defaultPolicy, network: { ...defaultPolicy.network, mode: 'designated' as const } };
  expect(outcomeOf(pending, { policy: kept, pending })).toBe('waiting');
  expect(outcomeOf(pending, { policy: kept, pending: null })).toBe('kept');
  expect(outcomeOf(pending, { policy: defaultPolicy, pending: null })).toBe('rolled_back');
});

test('the countdown never shows more than the time that was given', () => {
  expect([1_000, 61_000, 120_999, 500_000, -500_000].map((now) => secondsLeft(pending, now))).toEqual([120, 60, 1, 0, 120]);
  expect([120, 65, 9].map(minutesAndSeconds)).toEqual(['2:00', '1:05', '0:09']);
});
