import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { syncKeeping } from '#shared/contract/sync-keeping.ts';

const unavailable = () => Promise.reject(new AppError('unavailable', 'Not yet'));

/** Serves what is kept on this PC and what is not. */
export const keepingHandlers = (): Handlers<typeof syncKeeping, unknown> => ({
  'sync.nodeStates': unavailable,
  'sync.keep': unavailable,
  'sync.openNode': unavailable,
  'sync.preview': unavailable,
  'sync.addAccount': unavailable,
  'sync.removeAccount': unavailable,
  'sync.setRootKeep': unavailable,
});
