import { expect, test } from 'vitest';
import { admin } from '#shared/contract/admin.ts';
import { dayStart, downloadSearchOf, exportAddress, noDownloadFilters, noFilters, searchOf } from './filters.ts';

test('only what is filled in is asked for, and the last day counts to its end', () => {
  expect(searchOf(noFilters)).toEqual({});
  const search = searchOf({
    ...noFilters,
    action: 'policy.set',
    actor: 'a',
    result: 'denied',
    text: ' 10.0. ',
    since: '2026-11-20',
    until: '2026-11-20',
  });
  expect(search).toMatchObject({ action: 'policy.set', actor: 'a', result: 'denied', text: '10.0.' });
  expect(search.until! - search.since!).toBe(86_399_999);
  expect(admin['audit.search'].input.safeParse(search).success).toBe(true);
});

test('downloads are asked for by what is filled in, and the last day belongs to them', () => {
  expect(downloadSearchOf(noDownloadFilters)).toEqual({});
  const search = downloadSearchOf({ member: 'm', text: ' 契約 ', since: '2026-11-20', until: '2026-11-20' });
  expect(search).toMatchObject({ member: 'm', text: '契約' });
  expect(search.until! - search.since!).toBe(86_400_000);
  expect(admin['download.search'].input.safeParse(search).success).toBe(true);
});

test('what is no day is no limit', () => {
  expect([dayStart(''), dayStart('yesterday'), dayStart('2026-11-20') === new Date(2026, 10, 20).getTime()]).toEqual([null, null, true]);
});

test('the file holds what the screen shows', () => {
  expect(exportAddress({ ...noFilters, action: 'policy.set', text: 'a&b' }, 'ja')).toBe(
    '/api/exports/audit.csv?action=policy.set&text=a%26b&language=ja',
  );
});
