import { describe, expect, test } from 'vitest';
import {
  formatDate,
  formatDay,
  formatExact,
  formatFacts,
  formatMoment,
  formatRate,
  formatRecent,
  formatShare,
  formatSize,
  formatStamp,
  formatTime,
  formatTimeLeft,
  splitFileName,
} from './format.ts';

const now = new Date(2026, 10, 20, 12, 0).getTime();
const at = (month: number, day: number, hour = 9, minute = 2, year = 2026) => new Date(year, month - 1, day, hour, minute).getTime();

describe('sizes', () => {
  test('have no decimals below a megabyte and one above', () => {
    expect(formatSize(253_952, 'ja')).toBe('248 KB');
    expect(formatSize(12_373_197, 'en')).toBe('11.8 MB');
    expect(formatSize(5, 'ja')).toBe('5 バイト');
  });
  test('step to the next unit before they would read 1024', () => {
    expect(formatSize(1_048_064, 'en')).toBe('1.0 MB');
    expect(formatSize(1023, 'en')).toBe('1023 bytes');
  });
  test('of a share use the unit of the whole', () => {
    expect(formatShare(2_202_010, 3_565_158, 'ja')).toBe('2.1 / 3.4 MB');
  });
  test('of a rate name the second in the language', () => {
    expect(formatRate(4_404_019, 'ja')).toBe('4.2 MB/秒');
    expect(formatRate(4_404_019, 'en')).toBe('4.2 MB/s');
  });
  test('of the time left are rough', () => {
    expect([formatTimeLeft(6.4, 'ja'), formatTimeLeft(150, 'en'), formatTimeLeft(7_000, 'ja')]).toEqual([
      '約6秒',
      'about 3 min',
      '約2時間',
    ]);
  });
});

describe('times', () => {
  test('are 24 hours without a leading zero', () => {
    expect(formatTime(at(11, 20, 9, 2))).toBe('9:02');
  });
  test('in lists are the time today, then yesterday, a weekday within six days, the date', () => {
    expect([at(11, 20), at(11, 19), at(11, 18), at(11, 14), at(11, 13)].map((one) => formatRecent(one, now, 'ja'))).toEqual([
      '9:02',
      '昨日',
      '水曜',
      '土曜',
      '11月13日',
    ]);
    expect([at(11, 19), at(11, 14), at(11, 13), at(11, 13, 9, 2, 2025)].map((one) => formatRecent(one, now, 'en'))).toEqual([
      'Yesterday',
      'Sat',
      '13 Nov',
      '13 Nov 2025',
    ]);
  });
  test('of a message late yesterday evening count as yesterday, not as hours ago', () => {
    expect(formatRecent(at(11, 19, 23, 59), at(11, 20, 0, 1), 'ja')).toBe('昨日');
  });
  test('as headings carry the weekday, and the year only when it differs', () => {
    expect(formatDay(at(11, 20), now, 'ja')).toBe('11月20日（金）');
    expect(formatDay(at(11, 20), now, 'en')).toBe('Friday, 20 November');
    expect(formatDay(at(11, 20, 0, 0, 2025), now, 'ja')).toBe('2025年11月20日（木）');
  });
  test('in facts have a space between day and time', () => {
    expect([formatMoment(at(11, 20), now, 'ja'), formatMoment(at(11, 19, 16, 40), now, 'en')]).toEqual(['今日 9:02', 'yesterday 16:40']);
    expect(formatDate(at(11, 17), now, 'ja')).toBe('11月17日');
  });
});

test('a stamp always says the time, an exact one the second', () => {
  expect(formatStamp(at(11, 20), now, 'ja')).toBe('今日 9:02');
  // What is still to come, such as the end of a link.
  expect(formatStamp(at(11, 27), now, 'ja')).toBe('11月27日 9:02');
  expect(formatStamp(at(11, 2, 17, 20), now, 'ja')).toBe('11月2日 17:20');
  expect(formatStamp(at(11, 20), now, 'en')).toBe('Today 9:02');
  expect(formatExact(at(11, 19, 11, 42) + 7_000, now, 'en')).toBe('yesterday 11:42:07');
});

test('facts stand beside each other as the language has it; what is missing leaves no gap', () => {
  expect(formatFacts(['営業一課', null, '課長'], 'ja')).toBe('営業一課・課長');
  expect(formatFacts(['4 KB', '', '19 Nov'], 'en')).toBe('4 KB · 19 Nov');
});

describe('file names', () => {
  test.each([
    ['搬入スケジュール_第3版.xlsx', '3版.xlsx'],
    ['README', 'ME'],
    ['a.txt', '.txt'],
    ['.profile', 'le'],
    ['v1.a-sentence-after-a-dot', 'ot'],
  ])('%s keeps its end', (name, end) => {
    const parts = splitFileName(name);
    expect(parts[1]).toBe(end);
    expect(parts.join('')).toBe(name);
  });
  test('are never cut inside a letter', () => {
    expect(splitFileName('家族👨‍👩‍👧か\u3099.png')[1]).toBe('👨‍👩‍👧か\u3099.png');
  });
});
