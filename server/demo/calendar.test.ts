import { describe, expect, it } from 'vitest';
import { workCalendar } from './calendar.ts';

const at = (text: string) => Date.parse(text);

describe('the calendar of working days', () => {
  it('counts from the last day on which work has begun and skips weekends', () => {
    const sunday = workCalendar(at('2026-11-22T12:00:00+09:00'));
    expect([sunday.label(0), sunday.label(-4), sunday.label(-5), sunday.label(1)]).toEqual([
      '11月20日（金）',
      '11月16日（月）',
      '11月13日（金）',
      '11月23日（月）',
    ]);
    expect(workCalendar(at('2026-11-23T06:00:00+09:00')).label(0)).toBe('11月20日（金）');
    expect(workCalendar(at('2026-11-23T09:30:00+09:00')).label(0)).toBe('11月23日（月）');
  });

  it('gives the clock of past days as it stands', () => {
    expect(workCalendar(at('2026-11-20T15:00:00+09:00')).at(-1, '17:50')).toBe(at('2026-11-19T17:50:00+09:00'));
    expect(workCalendar(at('2026-11-22T15:00:00+09:00')).at(0, '17:50')).toBe(at('2026-11-20T17:50:00+09:00'));
  });

  it('draws what lies ahead today together before now, in the same order', () => {
    const now = at('2026-11-20T09:05:00+09:00');
    const calendar = workCalendar(now);
    const times = ['08:25', '09:00', '13:00', '19:00'].map((clock) => calendar.at(0, clock));
    expect(times.at(-1)).toBeLessThan(now);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(new Set(times).size).toBe(times.length);
  });
});
