import { expect, test } from 'vitest';
import { markHits } from './search-marks.ts';

const marked = (text: string, query: string) =>
  markHits(text, query)
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');

test('marks what was looked for, whatever its width, case or kana', () => {
  expect(marked('床荷重計算書_rev3.pdf', '計算')).toBe('床荷重[計算]書_rev3.pdf');
  expect(marked('ＲＥＶ３の計算', 'rev3')).toBe('[ＲＥＶ３]の計算');
  expect(marked('すけじゅーる', 'スケ')).toBe('[すけ]じゅーる');
});

test('marks every word, and every place of each', () => {
  expect(marked('見積と再見積', '見積　再')).toBe('[見積]と[再見積]');
});

test('leaves a text alone that does not hold it, and never loses a letter', () => {
  expect(marked('議事録', '見積')).toBe('議事録');
  expect(marked('か\u3099き', 'が')).toBe('[か\u3099]き');
  expect(marked('㌔単位', 'キロ')).toBe('[㌔]単位');
  expect(markHits('', 'x')).toEqual([]);
  expect(marked('何か', ' ')).toBe('何か');
});
