import { AppError } from '#shared/base/errors.ts';

/** Whose second factor it is. */
export interface FactorOwner {
  readonly tenantId: string;
  /** The member's id (not what they type). */
  readonly memberId: string;
}

/** Refusals of what somebody typed or signed. Not `unauthenticated`: a session that asks is good. */
export const wrongCode = (): AppError => new AppError('denied', 'Not the right code', { details: { reason: 'wrong_code' } });
export const codeExpired = (): AppError => new AppError('denied', 'The code is too old', { details: { reason: 'code_expired' } });
export const passkeyFailed = (): AppError =>
  new AppError('denied', 'The passkey was not accepted', { details: { reason: 'passkey_failed' } });

/** How many wrong answers a code that was sent or a key that is being set up bears. */
export const mostTries = 5;
/** How long a code that was sent, or a key that is being set up, is good, in milliseconds. */
export const codeMs = 600_000;
