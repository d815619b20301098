import { expect, it } from 'vitest';
import { trackDownloads } from './downloads.ts';

it('remembers where a download went, from the handle that the person chose', () => {
  const downloads = trackDownloads((handle) => (handle === 'h' ? '/home/x/a.pdf' : null));
  downloads.notice('drive.download', { handle: 'h' }, { ok: true, value: { transferId: 't' } });
  downloads.notice('drive.download', { handle: 'unknown' }, { ok: true, value: { transferId: 'u' } });
  downloads.notice('drive.download', { handle: null }, { ok: true, value: { transferId: 'v' } });
  downloads.notice('drive.upload', { handle: 'h' }, { ok: true, value: { transferId: 'w' } });
  downloads.notice('message.download', { handle: 'h' }, { ok: false, error: { code: 'denied' } });
  expect(['t', 'u', 'v', 'w'].map(downloads.placeOf)).toEqual(['/home/x/a.pdf', null, null, null]);
  expect([downloads.isPlace('/home/x/a.pdf'), downloads.isPlace('/etc/passwd')]).toEqual([true, false]);
});
