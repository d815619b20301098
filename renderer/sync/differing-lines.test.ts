import { expect, it } from 'vitest';
import { differingLines } from './differing-lines.ts';

it('shows where two texts part, with a little before it', () => {
  const text = (at: string) => `${Array.from({ length: 30 }, (_, index) => `行${index}`).join('\n')}\n搬入 ${at}\nおわり`;
  const shown = differingLines(text('8:00'), text('9:00'));
  expect(shown.map(({ text: line }) => line)).toEqual(['行28', '行29', '搬入 8:00', 'おわり']);
  expect(shown.filter(({ differs }) => differs)).toEqual([{ text: '搬入 8:00', differs: true }]);
  expect(differingLines('a\r\nb', 'a\nb').some(({ differs }) => differs)).toBe(false);
});
