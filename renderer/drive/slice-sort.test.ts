import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patchSorted, sortInSteps } from './slice-sort.ts';

interface Thing {
  readonly rank: number;
  readonly tag: number;
}
const compare = (a: Thing, b: Thing): number => a.rank - b.rank;
const things = fc.array(fc.record({ rank: fc.integer({ min: 0, max: 50 }), tag: fc.integer() }), { maxLength: 1_500 });

function run<Item>(sorting: Generator<undefined, Item[]>): Item[] {
  let step = sorting.next();
  while (step.done !== true) step = sorting.next();
  return step.value;
}

test('sorting in steps gives what sorting at once gives, equal ones in their order', () => {
  fc.assert(
    fc.property(things, (items) => {
      expect(run(sortInSteps(items, compare))).toEqual(items.toSorted(compare));
    }),
  );
});

test('no step compares for long', () => {
  let compared = 0;
  let most = 0;
  const items = Array.from({ length: 20_000 }, (_, index) => ({ rank: (index * 7_919) % 20_011, tag: index }));
  const sorting = sortInSteps(items, (a: Thing, b: Thing) => {
    compared += 1;
    return compare(a, b);
  });
  for (let step = sorting.next(); step.done !== true; step = sorting.next()) {
    most = Math.max(most, compared);
    compared = 0;
  }
  expect(most).toBeLessThanOrEqual(6_000);
});

test('a sorted list takes what is new and lets go what is gone', () => {
  fc.assert(
    fc.property(things, things, fc.func(fc.boolean()), (items, added, keep) => {
      const now = [...items.filter((item) => keep(item.tag)), ...added];
      const patched = patchSorted(items.toSorted(compare), now, compare)!;
      expect(patched.map(({ rank }) => rank)).toEqual(now.map(({ rank }) => rank).toSorted((a, b) => a - b));
      expect(new Set(patched)).toEqual(new Set(now));
    }),
  );
});

test('a sorted list in which nothing changed is the very same, and too many changes are no patch', () => {
  const sorted = [1, 2, 3].map((rank) => ({ rank, tag: 0 }));
  expect(patchSorted(sorted, sorted.toReversed(), compare)).toBe(sorted);
  const many = Array.from({ length: 3_001 }, (_, rank) => ({ rank, tag: 1 }));
  expect(patchSorted(sorted, many, compare)).toBeNull();
});
