import { expect, test } from 'vitest';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { features } from '../app/texts/all.ts';
import { countOf, groupIssues, splitPath } from './issues.ts';

const issue = (kind: SyncIssue['kind'], reason: string, at = 0): SyncIssue => ({
  rootId: 'r',
  path: `${reason}.txt`,
  kind,
  reason,
  subject: null,
  otherPath: null,
  at,
});

test('guards need a person, what was left out is listed, and conflicts are told elsewhere', () => {
  const groups = groupIssues(
    [
      issue('skipped', 'ignored'),
      issue('conflict', 'a', 1),
      issue('failed', 'disk_full'),
      issue('conflict', 'b', 2),
      issue('guard', 'mass_delete'),
    ],
    'r',
    null,
    9,
  );
  expect(groups.guards.map(({ reason }) => reason)).toEqual(['mass_delete']);
  expect(groups.skipped.map(({ reason }) => reason)).toEqual(['ignored', 'disk_full']);
});

test('a halt is told even when no issue tells of it, and not twice', () => {
  expect(groupIssues([], 'r', 'root_missing', 9).guards).toMatchObject([{ kind: 'guard', reason: 'root_missing', at: 9 }]);
  expect(groupIssues([issue('guard', 'mass_delete')], 'r', 'mass_delete', 9).guards).toHaveLength(1);
});

test('a path is a name in folders', () => {
  expect(splitPath('設備設計/第2工場/工程表.xlsx')).toEqual({ name: '工程表.xlsx', folders: ['設備設計', '第2工場'] });
  expect(splitPath('')).toEqual({ name: '', folders: [] });
});

test('a count is read only from what is one', () => {
  expect(countOf({ subject: '214' })).toBe(214);
  expect(countOf({ subject: 'exe' })).toBeNull();
  expect(countOf({ subject: null })).toBeNull();
});

test('every reason has both a text and a remedy, every guard a title and more', () => {
  const keys = Object.keys(features.syncReasons.ja);
  const codes = (prefix: string) =>
    keys
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .toSorted();
  expect(codes('why_')).toEqual(codes('fix_'));
  expect(codes('guardPlain_')).toEqual(codes('guardMore_'));
  expect(codes('why_')).toContain('other');
});
