import { expect, test } from 'vitest';
import { isSearch, noFilters, searchInput, sinceOf } from './search-query.ts';

const noon = new Date(2026, 10, 20, 12).getTime();
const midnight = new Date(2026, 10, 20).getTime();

test('a period starts with a day, so that the same question is asked all day long', () => {
  expect([sinceOf('any', noon), sinceOf('today', noon), sinceOf('week', noon)]).toEqual([null, midnight, midnight - 7 * 86_400_000]);
});

test('only what is asked for goes into the question', () => {
  expect(searchInput({ ...noFilters, text: ' 見積 ' }, 'plant', noon)).toEqual({ text: '見積' });
  expect(searchInput({ text: '', where: 'here', kind: 'pdf', period: 'today', person: 'todo' }, 'plant', noon)).toEqual({
    text: '',
    folderId: 'plant',
    kinds: ['pdf'],
    since: midnight,
    updatedBy: 'todo',
  });
  expect(searchInput({ ...noFilters, text: 'a', where: 'here' }, null, noon)).toEqual({ text: 'a' });
});

test('a filter alone is a search, a place alone is none', () => {
  expect(isSearch({ ...noFilters, text: ' ' })).toBe(false);
  expect(isSearch({ ...noFilters, text: '', where: 'here' })).toBe(false);
  expect(isSearch({ ...noFilters, text: '', kind: 'image' })).toBe(true);
});
