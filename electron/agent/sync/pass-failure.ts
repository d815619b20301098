import { type AppError, reasonOf } from '#shared/base/errors.ts';
import { isPassing } from '#shared/client/context.ts';

/** What it means for a root that a whole pass failed. */
export type PassFailure =
  | { readonly kind: 'logged_out' | 'offline' | 'bug' }
  | { readonly kind: 'halted'; readonly halted: 'service_denied' | 'access_lost' };

/** Judges the failure of a whole pass. A rule on the whole account says nothing of this drive: it goes on when the account does. */
export function judgeFailure(error: AppError): PassFailure {
  if (error.code === 'unauthenticated') return { kind: 'logged_out' };
  if (error.code === 'not_found' || (error.code === 'denied' && !isPassing(error))) {
    return { kind: 'halted', halted: reasonOf(error) === 'service_denied' ? 'service_denied' : 'access_lost' };
  }
  return { kind: isPassing(error) || error.code === 'rate_limited' ? 'offline' : 'bug' };
}
