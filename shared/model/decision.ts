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
  /** NET-03: from a country outside the list, where the rule refuses. */
  'country_denied',
  /** NET-03: from a country outside the list: the person must verify themselves once with a code. */
  'country_unverified',
  'service_denied',
  'role_missing',
  'supreme_protected',
  /** ADM-10: an operator or a role of one's own reaches for somebody who has a role too. */
  'administrator_protected',
  'permission_missing',
  'extension_blocked',
  'file_too_large',
  'file_type_blocked',
  'archive_blocked',
  'archive_unreadable',
  'virus_found',
  'scan_pending',
  'scanner_unavailable',
  'external_room_files',
  /** DRV-18: the drive would hold more than it may. */
  'quota_exceeded',
  /** DRV-15: somebody else holds the file; the subject is that member. */
  'locked',
  /** DRV-11…14: links are off, for that drive or at all, or that kind of link is not allowed there. */
  'links_denied',
  /** DRV-12, DRV-14. */
  'link_expired',
  /** DRV-18. */
  'my_drive_off',
  'keep_login_forbidden',
  /** ACC-31, ACC-33: nobody touched the program for as long as the rule allows. */
  'session_idle',
  /** ACC-51: the device was told to erase what it holds. */
  'device_wiped',
  'login_method_denied',
  /** The act is dangerous: who asks must give their password (or second step) again. */
  'reauthentication_required',
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
