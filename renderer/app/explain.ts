import { useCallback, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import { useFormat, useLanguage } from '../ui/use-format.ts';
import { ContactContext } from './contact.ts';
import { reasons } from './texts/reasons.ts';

/** What is known about something that did not happen. */
export interface Problem {
  readonly code?: string | null;
  readonly reason?: string | null;
  /** What the rule was about: an extension, a limit in bytes. */
  readonly subject?: string | null;
  /** Talk's where it is not said: their limits have different names. */
  readonly service?: 'talk' | 'drive';
}

/** Reads the code, the reason and its subject out of anything thrown. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof AppError)) return { code: 'internal' };
  const details = (typeof error.details === 'object' && error.details !== null ? error.details : {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { code: error.code, reason: text(details['reason']), subject: text(details['subject']) };
}

/** How many seconds a `rate_limited` answer asks to wait, or null. */
export function waitSecondsOf(error: unknown): number | null {
  if (!(error instanceof AppError) || error.code !== 'rate_limited') return null;
  const details = (typeof error.details === 'object' && error.details !== null ? error.details : {}) as Record<string, unknown>;
  const seconds = details['retryAfterSeconds'] ?? details['seconds'];
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : null;
}

type ReasonKey = keyof typeof reasons.ja;
const known = (key: string): key is ReasonKey => Object.hasOwn(reasons.ja, key);
/** Rules whose text ends in whom to ask; the others can be mended by oneself. */
const asks: ReadonlySet<string> = new Set([
  'member_suspended',
  'member_suspended_failures',
  'member_waiting',
  'member_deleted',
  'app_blocked',
  'network_denied',
  'country_denied',
  'device_wiped',
  'login_method_denied',
  'service_denied',
  'role_missing',
  'permission_missing',
  'code_denied',
]);
const asksIfNeeded: ReadonlySet<string> = new Set([
  'extension_blocked',
  'file_too_large',
  'file_too_large_limit',
  'file_too_large_drive',
  'file_type_blocked',
  'archive_blocked',
  'archive_unreadable',
  'virus_found',
  'external_room_files',
  'quota_exceeded',
  'links_denied',
  'my_drive_off',
  'keep_login_forbidden',
]);

/** The sentence for a problem, in the language shown: what, why, and whom to ask. Unknown reasons get the text of their code. */
export function useExplain(): (problem: Problem) => string {
  const { t } = useTranslation('reasons');
  const language = useLanguage();
  const format = useFormat();
  const contact = useContext(ContactContext)[language];
  return useCallback(
    ({ code, reason, subject, service }) => {
      const bytes = subject === undefined || subject === null ? Number.NaN : Number(subject);
      const sized = reason === 'file_too_large' && Number.isFinite(bytes);
      const wanted = sized ? (service === 'drive' ? 'file_too_large_drive' : 'file_too_large_limit') : (reason ?? '');
      const byCode = `code_${code ?? 'internal'}`;
      const key: ReasonKey = known(wanted) ? wanted : known(byCode) ? byCode : 'code_internal';
      const text = t(key, { subject: sized ? format.size(bytes) : (subject ?? '') });
      if (contact === '') return text;
      if (asks.has(key)) return text + t('ask', { contact });
      return asksIfNeeded.has(key) ? text + t('askIfNeeded', { contact }) : text;
    },
    [t, format, contact],
  );
}
