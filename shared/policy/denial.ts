import { AppError, type ErrorCode } from '#shared/base/errors.ts';
import type { Denial, DenyReason } from '#shared/model/decision.ts';

const codes: Partial<Record<DenyReason, ErrorCode>> = {
  upgrade_required: 'upgrade_required',
  session_missing: 'unauthenticated',
  session_ended: 'unauthenticated',
  device_wiped: 'unauthenticated',
  session_idle: 'unauthenticated',
  wrong_credentials: 'unauthenticated',
  too_many_attempts: 'rate_limited',
};

/** The failure that carries a denial to the client: its code, and in `details` the reason, the rule's ID and what the text needs. */
export function denial(decision: Denial, more: Readonly<Record<string, unknown>> = {}): AppError {
  const { reason, rule, subject } = decision;
  const details = { reason, rule, ...(subject === undefined ? {} : { subject }), ...more };
  return new AppError(codes[reason] ?? 'denied', `Denied: ${reason} (${rule})`, { details });
}
