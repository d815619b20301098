import { expect, it } from 'vitest';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { skippedList } from './skipped-list.ts';

it('a list of what was left out opens in a spreadsheet, with no name taken for a formula', () => {
  const issue = (path: string): SyncIssue => ({
    rootId: 'r',
    path,
    kind: 'failed',
    reason: 'in_use',
    subject: null,
    otherPath: null,
    at: 0,
  });
  const texts = { why: () => 'open, elsewhere', fix: () => 'close it' };
  expect(skippedList([issue('a/「図」"1".xlsx'), issue('=cmd()')], texts, ['Name', 'Why', 'Fix'])).toBe(
    '\uFEFF"Name","Why","Fix"\r\n"a/「図」""1"".xlsx","open, elsewhere","close it"\r\n"\'=cmd()","open, elsewhere","close it"\r\n',
  );
});
