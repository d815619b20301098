import { expect, test } from 'vitest';
import { treeMove, treeRows } from './tree-rows.ts';

const folders: Record<string, { id: string; name: string }[]> = {
  r: [
    { id: 'a', name: '見積' },
    { id: 'b', name: '図面' },
  ],
  a: [{ id: 'c', name: '2026' }],
  b: [],
};
const roots = [
  { id: 'r', name: '営業', spaceId: 's' },
  { id: 'q', name: '品質', spaceId: 't' },
];
const rowsOf = (...open: string[]) => treeRows(roots, new Set(open), (id) => folders[id]);

test('closed folders hide what is in them, unknown ones can be opened, empty ones cannot', () => {
  expect(rowsOf().map(({ id, level, open }) => [id, level, open])).toEqual([
    ['r', 1, false],
    ['q', 1, false],
  ]);
  expect(rowsOf('r', 'a').map(({ id, level, open }) => [id, level, open])).toEqual([
    ['r', 1, true],
    ['a', 2, true],
    ['c', 3, false],
    ['b', 2, null],
    ['q', 1, false],
  ]);
  expect(rowsOf('r', 'a')[2]).toMatchObject({ parentId: 'a', way: ['r', 'a', 'c'], spaceId: 's' });
});

test('an answer with a circle ends', () => {
  const circle: Record<string, { id: string; name: string }[]> = { r: [{ id: 'x', name: 'x' }], x: [{ id: 'r', name: 'r' }] };
  expect(treeRows([roots[0]!], new Set(['r', 'x']), (id) => circle[id])).toHaveLength(2);
});

test('arrows walk, open and close as in every tree', () => {
  const rows = rowsOf('r');
  expect(treeMove(rows, 0, 'ArrowDown')).toEqual({ kind: 'go', id: 'a' });
  expect(treeMove(rows, 0, 'ArrowUp')).toBeNull();
  expect(treeMove(rows, 0, 'ArrowRight')).toEqual({ kind: 'go', id: 'a' });
  expect(treeMove(rows, 1, 'ArrowRight')).toEqual({ kind: 'open', id: 'a' });
  expect(treeMove(rows, 2, 'ArrowRight')).toBeNull();
  expect(treeMove(rows, 2, 'ArrowLeft')).toEqual({ kind: 'go', id: 'r' });
  expect(treeMove(rows, 0, 'ArrowLeft')).toEqual({ kind: 'close', id: 'r' });
  expect(treeMove(rows, 0, 'End')).toEqual({ kind: 'go', id: 'q' });
});
