import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { syncCare } from '#shared/contract/sync-care.ts';

const unavailable = () => Promise.reject(new AppError('unavailable', 'Not yet'));

/** Serves queue, conflicts, recovery area and diagnostics. */
export const careHandlers = (): Handlers<typeof syncCare, unknown> => ({
  'sync.queue': unavailable,
  'sync.first': unavailable,
  'sync.conflicts': unavailable,
  'sync.resolve': unavailable,
  'sync.recovered': unavailable,
  'sync.restore': unavailable,
  'sync.discard': unavailable,
  'sync.diagnostics': unavailable,
});
