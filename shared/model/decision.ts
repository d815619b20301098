import { z } from 'zod';

/** Why something is not allowed. The text that people read is chosen by this code, in their language; unknown codes of newer servers get a general text. */
export const DenyReason = z.enum([
  'upgrade_required',
  'session_missing',
  'session_ended',
  'member_suspended',
  'member_suspended_failures',
  'member_waiting',
  'member_deleted',
  'app_blocked',
  'network_denied',
  'service_denied',
  'role_missing',
  'supreme_protected',
  'permission_missing',
  'extension_blocked',
  'file_too_large',
  'keep_login_forbidden',
  'wrong_credentials',
  'too_many_attempts',
]);
export type DenyReason = z.infer<typeof DenyReason>;

/** The answer of `decide()`: allowed, or denied for a reason, by a rule (its catalogue ID), with what the text needs. */
export type Decision =
  | { readonly effect: 'allow' }
  | { readonly effect: 'deny'; readonly reason: DenyReason; readonly rule: string; readonly subject?: string };

export type Denial = Extract<Decision, { effect: 'deny' }>;

export const allow: Decision = { effect: 'allow' };
export const deny = (reason: DenyReason, rule: string, subject?: string): Denial => ({
  effect: 'deny',
  reason,
  rule,
  ...(subject === undefined ? {} : { subject }),
});
