import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { FileContent, ReadOutcome } from '../transfer/read-content.ts';

/** What was read, or why there is nothing whole to send: throws `conflict` or `not_found` with a reason that people can act on. */
export function wholeFile(outcome: ReadOutcome): FileContent {
  switch (outcome.kind) {
    case 'read':
      return outcome.file;
    case 'changed':
      throw new AppError('conflict', 'The file is being written', { details: { reason: 'file_changed' } });
    case 'gone':
      throw new AppError('not_found', 'The file is not there any more', { details: { reason: 'file_missing' } });
    case 'unreadable':
      throw new AppError('conflict', 'The file cannot be read', { details: { reason: 'file_unreadable', subject: outcome.code } });
    default:
      return assertNever(outcome, 'read outcome');
  }
}
