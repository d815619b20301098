import { expect, test } from 'vitest';
import { spaceGroups, wayText, wayTo } from './drive-way.ts';

const space = { rootId: 'r', name: '営業' };

test('the way is the same whether or not the answer names the root and the folder', () => {
  const way = ['営業', '見積', '2026'];
  const folder = { id: 'b', name: '2026' };
  const names = (path: { id: string; name: string }[]) => wayTo(space, path, folder).map(({ name }) => name);
  expect(names([{ id: 'a', name: '見積' }])).toEqual(way);
  expect(names([{ id: 'r', name: '' }, { id: 'a', name: '見積' }, folder])).toEqual(way);
  expect(wayText(wayTo(space, [{ id: 'a', name: '見積' }], folder))).toBe('営業 › 見積 › 2026');
});

test('the root alone is called as its space', () => {
  expect(wayTo(space, [{ id: 'r', name: '' }], { id: 'r', name: '' })).toEqual([{ id: 'r', name: '営業' }]);
});

test('shared drives come first, kinds without a space are left out', () => {
  const spaces = [
    { kind: 'my' as const, id: 1 },
    { kind: 'shared' as const, id: 2 },
    { kind: 'shared' as const, id: 3 },
  ];
  expect(spaceGroups(spaces)).toEqual([
    { kind: 'shared', spaces: [spaces[1], spaces[2]] },
    { kind: 'my', spaces: [spaces[0]] },
  ]);
});
