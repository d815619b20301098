import { expect, test } from 'vitest';
import type { Node } from '#shared/model/drive.ts';
import { compareNames } from '../app/node-names.ts';
import { sortInSteps } from './slice-sort.ts';
import { byName, comparer, turned, type Sort } from './sorting.ts';

const node = (name: string, more: Partial<Node> & { sizeBytes?: number } = {}): Node => {
  const { sizeBytes, ...rest } = more;
  const content =
    sizeBytes === undefined ? null : { contentHash: '0'.repeat(64), sizeBytes, chunks: null, modifiedAt: 0, executable: false };
  return {
    id: name,
    spaceId: 's',
    parentId: 'r',
    name,
    kind: content === null ? 'folder' : 'file',
    revision: 1,
    version: 1,
    content,
    updatedAt: 0,
    updatedBy: 'm',
    trashed: false,
    sequence: 1,
    ...rest,
  };
};
const names = (nodes: readonly Node[], sort: Sort = byName, nameOf = (id: string) => id) =>
  nodes.toSorted(comparer(sort, nameOf)).map(({ name }) => name);

test('names sort by Japanese collation and numbers by value', () => {
  expect(['工程表10.xlsx', '工程表2.xlsx', 'サンプル', 'かいぎ', 'アイ', 'Zebra', 'apple'].toSorted(compareNames)).toEqual([
    'apple',
    'Zebra',
    'アイ',
    'かいぎ',
    'サンプル',
    '工程表2.xlsx',
    '工程表10.xlsx',
  ]);
});

test('names that collation holds equal keep one order, whatever order they came in', () => {
  expect(['ｶﾅ', 'かな', 'カナ'].toSorted(compareNames)).toEqual(['カナ', 'かな', 'ｶﾅ'].toSorted(compareNames));
  expect(compareNames('かな', 'カナ')).not.toBe(0);
});

test('folders come before files in every order', () => {
  const nodes = [node('b.txt', { sizeBytes: 5 }), node('z'), node('a.txt', { sizeBytes: 9 }), node('c')];
  expect(names(nodes)).toEqual(['c', 'z', 'a.txt', 'b.txt']);
  expect(names(nodes, { key: 'name', descending: true })).toEqual(['z', 'c', 'b.txt', 'a.txt']);
  expect(names(nodes, { key: 'size', descending: true })).toEqual(['c', 'z', 'a.txt', 'b.txt']);
});

test('dates and people sort, and equal ones go by name', () => {
  const nodes = [
    node('b', { updatedAt: 2, updatedBy: '2', sizeBytes: 1 }),
    node('a', { updatedAt: 2, updatedBy: '1', sizeBytes: 1 }),
    node('c', { updatedAt: 3, updatedBy: '1', sizeBytes: 1 }),
  ];
  expect(names(nodes, { key: 'date', descending: true })).toEqual(['c', 'a', 'b']);
  expect(names(nodes, { key: 'person', descending: false }, (id) => (id === '1' ? '田中' : '佐藤'))).toEqual(['b', 'a', 'c']);
});

test('a click on a column starts dates and sizes with the newest and largest, a second click turns it round', () => {
  expect(turned(byName, 'date')).toEqual({ key: 'date', descending: true });
  expect(turned({ key: 'date', descending: true }, 'date')).toEqual({ key: 'date', descending: false });
  expect(turned({ key: 'date', descending: true }, 'name')).toEqual(byName);
});

test('kinds sort together, and things of one kind by name', () => {
  const nodes = ['b.pdf', 'a.xlsx', 'a.pdf', 'c.xlsx'].map((name) => node(name, { sizeBytes: 1 }));
  expect(names([...nodes, node('z')], { key: 'kind', descending: false })).toEqual(['z', 'a.pdf', 'b.pdf', 'a.xlsx', 'c.xlsx']);
});

test('100,000 files sort in steps of which none is long', () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => node(`写真_${(index * 7_919) % 100_000}.jpg`, { sizeBytes: index }));
  const compare = comparer(byName, (id) => id);
  let [compared, most] = [0, 0];
  const sorting = sortInSteps(nodes, (a: Node, b: Node) => {
    compared += 1;
    return compare(a, b);
  });
  for (;;) {
    const step = sorting.next();
    most = Math.max(most, compared);
    compared = 0;
    if (step.done !== true) continue;
    expect([step.value[0]?.name, step.value[1]?.name, step.value[99_999]?.name]).toEqual(['写真_0.jpg', '写真_1.jpg', '写真_99999.jpg']);
    break;
  }
  expect(most).toBeLessThanOrEqual(3_000);
});
