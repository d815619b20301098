import { expect, test } from 'vitest';
import { choose, chooseAll, chooseBand, chooseNone, chooseOnly, chooseOthers, nothingChosen, retain, walkTo } from './selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const plain = { toggle: false, range: false };
const ctrl = { toggle: true, range: false };
const shift = { toggle: false, range: true };
const chosen = ({ chosen: ids }: { chosen: ReadonlySet<string> }) => [...ids].toSorted();

test('a click chooses one, Ctrl adds and takes away, Shift reaches from where the choice began', () => {
  let now = choose(nothingChosen, order, 'b', plain);
  expect(chosen(now)).toEqual(['b']);
  now = choose(now, order, 'd', shift);
  expect(chosen(now)).toEqual(['b', 'c', 'd']);
  now = choose(now, order, 'a', shift);
  expect(chosen(now)).toEqual(['a', 'b']);
  now = choose(now, order, 'e', ctrl);
  expect(chosen(now)).toEqual(['a', 'b', 'e']);
  now = choose(now, order, 'a', ctrl);
  expect(chosen(now)).toEqual(['b', 'e']);
  expect(now).toMatchObject({ anchor: 'a', active: 'a' });
});

test('Ctrl with Shift adds the range to what was chosen', () => {
  const now = choose({ chosen: new Set(['a']), anchor: 'c', active: 'c' }, order, 'd', { toggle: true, range: true });
  expect(chosen(now)).toEqual(['a', 'c', 'd']);
});

test('arrows choose what they stand on, reach with Shift and only walk with Ctrl', () => {
  const start = chooseOnly('b');
  expect(chosen(walkTo(start, order, 'c', plain))).toEqual(['c']);
  const reached = walkTo(walkTo(start, order, 'c', shift), order, 'd', shift);
  expect(chosen(reached)).toEqual(['b', 'c', 'd']);
  expect(reached.anchor).toBe('b');
  const walked = walkTo(start, order, 'd', ctrl);
  expect(chosen(walked)).toEqual(['b']);
  expect(walked.active).toBe('d');
});

test('all and nothing leave the keyboard where it is', () => {
  const all = chooseAll(order, chooseOnly('c'));
  expect(chosen(all)).toEqual(order);
  expect(all.active).toBe('c');
  expect(chooseNone(all)).toEqual({ chosen: new Set(), anchor: 'c', active: 'c' });
});

test('a new answer keeps what is still there, and the keyboard takes the place of what went', () => {
  const before = { chosen: new Set(['b', 'c']), anchor: 'c', active: 'c' };
  const now = retain(before, order, ['a', 'b', 'd', 'e']);
  expect(chosen(now)).toEqual(['b']);
  expect(now).toMatchObject({ anchor: null, active: 'd' });
  expect(retain(chooseOnly('e'), order, ['a', 'b']).active).toBe('b');
  expect(retain(chooseOnly('e'), order, []).active).toBeNull();
});

test('a new answer that takes nothing away changes nothing', () => {
  const before = chooseOnly('c');
  expect(retain(before, order, ['c', 'new', ...order])).toBe(before);
});

test('a rubber band takes what it touches, with Ctrl beside what was chosen', () => {
  expect(chosen(chooseBand(nothingChosen, ['c', 'd']))).toEqual(['c', 'd']);
  expect(chosen(chooseBand(chooseOnly('a'), ['c', 'd']))).toEqual(['a', 'c', 'd']);
  expect(chosen(chooseBand(chooseOnly('a'), []))).toEqual(['a']);
});

test('the choice can be turned round', () => {
  expect(chosen(chooseOthers(chooseOnly('c'), order))).toEqual(['a', 'b', 'd', 'e']);
});

test('everything of 100,000 is chosen, reached and let go within what a key may take', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `id-${index}`);
  const all = chooseAll(many, nothingChosen);
  expect(all.chosen.size).toBe(100_000);
  expect(choose(all, many, 'id-5', ctrl).chosen.size).toBe(99_999);
  expect(choose(chooseOnly('id-0'), many, 'id-99999', shift).chosen.size).toBe(100_000);
  expect(retain(all, many, many.slice(1)).chosen.size).toBe(99_999);
});
