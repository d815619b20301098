import { expect, test } from 'vitest';
import { placed, roleOf } from './choices.ts';
import { belowOf } from './organisation-tree.tsx';
import { fullName } from './person-fields.tsx';

const organisation = (id: string, parentId: string | null) => ({
  id,
  parentId,
  name: id,
  description: '',
  memberCount: 0,
  deletedAt: null,
});
const tree = [
  organisation('b2', 'b'),
  organisation('a', null),
  organisation('b', null),
  organisation('b1', 'b'),
  organisation('lost', 'gone'),
];

test('organisations stand below their parents, by name; one whose parent is not there stands at the top', () => {
  expect(placed(tree).map(({ id, depth }) => [id, depth])).toEqual([
    ['a', 0],
    ['b', 0],
    ['b1', 1],
    ['b2', 1],
    ['lost', 0],
  ]);
});

test('what is folded hides what is below it', () => {
  expect(placed(tree, (id) => id !== 'b').map(({ id }) => id)).toEqual(['a', 'b', 'lost']);
});

test('an organisation and everything below it are where it cannot go', () => {
  expect([...belowOf('b', [...tree, organisation('b11', 'b1')])].toSorted()).toEqual(['b', 'b1', 'b11', 'b2']);
});

test('a choice of role names a role, or one of the company’s own', () => {
  expect([roleOf('operator'), roleOf('custom:r1'), roleOf('supreme')]).toEqual([
    { role: 'operator' },
    { role: 'custom', roleId: 'r1' },
    { role: 'member' },
  ]);
});

test('a Japanese name has the surname first, a Latin one the given name', () => {
  expect([fullName('佐藤', '美咲'), fullName('O’Neill', 'Mary Jane'), fullName('佐藤', '')]).toEqual([
    '佐藤 美咲',
    'Mary Jane O’Neill',
    '佐藤',
  ]);
});
