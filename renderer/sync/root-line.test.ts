import { expect, test } from 'vitest';
import { needing, rootLine } from './root-line.ts';

const root = { state: 'idle' as const, pendingFiles: 0, pendingBytes: 0, doneFiles: 0, issues: 0, lastAnswerAt: 5 };

test('in step is said only with the time of the answer that it rests on', () => {
  expect(rootLine(root).says).toEqual({ key: 'idle', at: 5 });
  expect(rootLine({ ...root, lastAnswerAt: null }).says).toEqual({ key: 'idleUnknown' });
});

test('syncing counts what is done of all there is, and says nothing in numbers before they are known', () => {
  expect(rootLine({ ...root, state: 'syncing', doneFiles: 41, pendingFiles: 15, pendingBytes: 900 }).says).toEqual({
    key: 'syncing',
    done: 41,
    total: 56,
    bytes: 900,
  });
  expect(rootLine({ ...root, state: 'syncing' }).says).toEqual({ key: 'syncingPlain' });
});

test('what needs a person is counted and coloured as such', () => {
  expect(rootLine({ ...root, state: 'attention', issues: 2 })).toEqual({
    icon: 'warning',
    tone: 'caution',
    says: { key: 'attention', count: 2 },
  });
  expect(rootLine({ ...root, state: 'attention' }).says).toEqual({ key: 'attentionPlain' });
});

test('the number on the rail counts every root that stands still at least once', () => {
  expect(
    needing([
      { state: 'attention', issues: 0 },
      { state: 'attention', issues: 3 },
      { state: 'idle', issues: 2 },
    ]),
  ).toBe(4);
});
