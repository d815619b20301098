import { useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { ContactContext } from '../app/contact.ts';
import { syncReasons as texts } from '../app/texts/sync-reasons.ts';
import { useLanguage } from '../ui/use-format.ts';
import { countOf } from './issues.ts';

type Code<Prefix extends string> = keyof typeof texts.ja extends infer Key ? (Key extends `${Prefix}${infer Rest}` ? Rest : never) : never;
const isKnown = <Prefix extends string>(prefix: Prefix, code: string): code is Code<Prefix> => Object.hasOwn(texts.ja, `${prefix}${code}`);
/** Those that only whoever made the rule can lift. */
export const byRule: ReadonlySet<string> = new Set([
  'extension_blocked',
  'file_type_blocked',
  'archive_blocked',
  'archive_unreadable',
  'service_denied',
  'permission_missing',
]);

export interface IssueTexts {
  /** Why something was not synced, in a few words. */
  readonly why: (issue: Pick<SyncIssue, 'reason' | 'subject'>) => string;
  /** What can be done about it. */
  readonly fix: (issue: Pick<SyncIssue, 'reason' | 'subject' | 'otherPath'>) => string;
  /** What a guard held back, or why a root stands still. */
  readonly guard: (issue: Pick<SyncIssue, 'reason' | 'subject'>) => { readonly title: string; readonly more: string };
  /** Why a folder on this PC cannot be synced; null when that is not known by its code. */
  readonly place: (reason: string) => string | null;
}

/** The texts for what the agent says in codes. Codes of newer agents get a general text with the code in it. */
export function useIssueTexts(): IssueTexts {
  const { t } = useTranslation('syncReasons');
  const contact = useContext(ContactContext)[useLanguage()];
  return useMemo(
    () => ({
      why: ({ reason, subject }) =>
        isKnown('why_', reason) ? t(`why_${reason}`, { subject: subject ?? '' }) : t('why_other', { code: reason }),
      fix: ({ reason, otherPath }) => {
        if (otherPath !== null) return t('fix_name_mapped', { other: otherPath.split('/').at(-1) ?? otherPath });
        if (byRule.has(reason)) return contact === '' ? t('askAdministrator') : t('askFix', { contact });
        return isKnown('fix_', reason) && reason !== 'name_mapped' ? t(`fix_${reason}`) : t('fix_other');
      },
      guard: (issue) => {
        const code = issue.reason;
        if (!isKnown('guardPlain_', code)) return { title: t('guardPlain_other'), more: t('guardMore_other', { code }) };
        const count = countOf(issue);
        const counted = isKnown('guard_', code) && count !== null ? t(`guard_${code}`, { count }) : t(`guardPlain_${code}`);
        return { title: counted, more: code === 'other' ? t('guardMore_other', { code }) : t(`guardMore_${code}`) };
      },
      place: (reason) => (isKnown('', reason) ? t(reason) : null),
    }),
    [t, contact],
  );
}
