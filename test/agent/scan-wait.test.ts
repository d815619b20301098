import { expect, test } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { scanPauseMs } from '#shared/client/context.ts';
import { Transfers } from '#shared/client/transfers.ts';
import type { MutationResult } from '#shared/model/drive.ts';
import { emptyHash } from '#shared/model/content.ts';
import { fakeAccount } from './support/fake-account.ts';
import { eventually } from './support/agent.ts';

test('a file that waits for the virus scan says so, is asked about again by itself, and no byte of it is sent twice', async () => {
  let answers = 0;
  let uploads = 0;
  const fake = fakeAccount({
    'file.judge': async () => ({ allowed: true }),
    'drive.mutate': async ({ mutations }) => {
      const { key } = mutations[0]!;
      answers += 1;
      const pending: MutationResult = { key, kind: 'refused', reason: 'scan_pending' };
      if (answers === 1) return { results: [pending], sequence: 1 };
      throw new AppError('denied', 'enough is seen', { details: { reason: 'virus_found', subject: 'Test' } });
    },
  });
  const timers: { at: number; run: () => void }[] = [];
  const { account } = fake;
  const clock = {
    ...account.host.clock,
    after: (milliseconds: number, run: () => void) => {
      timers.push({ at: milliseconds, run });
      return () => undefined;
    },
  };
  const files = {
    ...account.host.files,
    look: async () => ({ reference: '/a.txt', name: 'a.txt', sizeBytes: 0, kind: 'file' as const }),
    upload: async () => {
      uploads += 1;
      return { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };
    },
  };
  const transfers = new Transfers({ ...account, host: { ...account.host, clock, files } });
  transfers.upload({ reference: '/a.txt', name: 'a.txt', sizeBytes: 0, kind: 'file' }, 'space', 'folder');
  transfers.kick();
  await eventually('the wait', () => transfers.list()[0]?.reason === 'scan_pending');
  expect(transfers.list()[0]).toMatchObject({ state: 'queued', reason: 'scan_pending' });
  transfers.kick();
  expect(answers).toBe(1);
  timers.find(({ at }) => at === scanPauseMs)!.run();
  await eventually('the verdict', () => transfers.list()[0]?.state === 'refused');
  expect(transfers.list()[0]).toMatchObject({ reason: 'virus_found', subject: 'Test' });
  expect(uploads).toBe(2);
});
