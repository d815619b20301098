import { expect, test } from 'vitest';
import { inGroups } from './in-groups.ts';

/** Runs whose end the test decides. */
function gates() {
  const runs: { readonly items: readonly number[]; readonly kind: string; end(error?: Error): void }[] = [];
  const run = (items: readonly number[], kind: string): Promise<number[]> =>
    new Promise((resolve, reject) => {
      runs.push({ items, kind, end: (error) => (error === undefined ? resolve(items.map((item) => item * 10)) : reject(error)) });
    });
  return { runs, run };
}
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

test('what comes while one run is under way goes together in the next, and each gets its own answer', async () => {
  const { runs, run } = gates();
  const group = inGroups(run, { mostItems: 100, mostSize: 1_000, atOnce: 1 });
  const first = group('a', 1);
  await turn();
  const rest = [group('a', 2), group('a', 3), group('a', 4)];
  const other = group('b', 5);
  await turn();
  expect(runs.map(({ items, kind }) => [kind, items])).toEqual([
    ['a', [1]],
    ['b', [5]],
  ]);
  runs[0]!.end();
  runs[1]!.end();
  expect([await first, await other]).toEqual([10, 50]);
  await turn();
  expect(runs[2]!.items).toEqual([2, 3, 4]);
  runs[2]!.end();
  expect(await Promise.all(rest)).toEqual([20, 30, 40]);
});

test('groups keep to their size, runs to their number, and a failed run fails its own group alone', async () => {
  const { runs, run } = gates();
  const group = inGroups(run, { mostItems: 3, mostSize: 10, atOnce: 2 });
  const failures: unknown[] = [];
  const one = (item: number, size: number): Promise<number> => group('a', item, size).catch((error: unknown) => failures.push(error));
  const all = [one(1, 0)];
  await turn();
  all.push(one(2, 4), one(3, 4), one(4, 20), one(5, 1), one(6, 1), one(7, 1), one(8, 1));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  runs[1]!.end(new Error('disk'));
  await turn();
  expect(runs[2]!.items).toEqual([4]);
  runs[2]!.end();
  await turn();
  expect(runs[3]!.items).toEqual([5, 6, 7]);
  for (const index of [0, 3]) runs[index]!.end();
  await turn();
  runs[4]!.end();
  await Promise.all(all);
  expect(failures).toHaveLength(2);
  expect(runs).toHaveLength(5);
});
