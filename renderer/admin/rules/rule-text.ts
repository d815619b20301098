import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LinkScope } from '#shared/model/rules-drive.ts';
import type { KnownFolder } from '#shared/model/rules-sync.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { ruleNames } from '../texts/rule-names.ts';
import type { RulePath } from './draft.ts';

type Key = keyof typeof ruleNames.ja;
const allowing: readonly string[] = ['sync.networkVolumes', 'keepLogin.pcApp', 'keepLogin.driveExplorer', 'files.externalRooms'];
const inBytes: readonly string[] = [
  'talkFileLimitBytes',
  'files.driveLimitBytes',
  'drive.myDriveQuotaBytes',
  'drive.sharedDriveQuotaBytes',
];
/** What nought stands for, where it stands for no number. */
const noughts: Readonly<Record<string, Key>> = {
  'drive.trashDays': 'of_not_emptied',
  'drive.versionMonths': 'of_for_ever',
  'links.mostDays': 'of_unlimited',
  'sync.mostPcs': 'of_unlimited',
  'sync.mostPairs': 'of_unlimited',
};
const enumerated: readonly string[] = [
  'password.format',
  'syncedFolders.logout',
  'syncedFolders.block',
  'syncedFolders.wipe',
  'syncedFolders.leave',
  'network.mode',
  'network.outside',
  'network.unknownCountry',
  'files.unreadableArchives',
  'files.scannerDown',
  'invitations.by',
  'directory.groupsBy',
  'drive.createSharedDrives',
];

/** Names, effects and values of rules in the language that is shown. */
export interface RuleTexts {
  readonly name: (path: RulePath) => string;
  /** What the rule does, in one sentence. */
  readonly effect: (path: RulePath) => string;
  /** A value of the rule, in words. */
  readonly value: (path: RulePath, value: unknown) => string;
}

/** A rule's key in the texts. */
export const keyOf = (path: RulePath): string => path.replaceAll('.', '_');

export function useRuleTexts(): RuleTexts {
  const { t } = useTranslation('ruleNames');
  const format = useFormat();
  return useMemo(() => {
    const hours = (count: number): string =>
      count % 24 === 0 && count > 24 ? t('of_days', { count: count / 24 }) : t('of_hours', { count });
    const counted = (path: RulePath, count: number): string => {
      if (inBytes.includes(path)) return format.size(count).replace(/\.0(?=\s)/u, '');
      if (path === 'password.minimumLength') return t('of_characters', { count });
      if (path === 'password.reuseBan') return count === 0 ? t('of_none') : t('of_last', { count });
      if (path === 'password.lockoutFailures') return t('of_times', { count });
      if (path.startsWith('idleLogout.')) return count < 60 ? t('of_minutes', { count }) : hours(count / 60);
      if (path === 'offlineLeaseHours' || path === 'drive.lockHours') return hours(count);
      const nought = noughts[path];
      if (count === 0 && nought !== undefined) return t(nought);
      if (path === 'sync.mostPcs') return t('of_pcs', { count });
      if (path === 'sync.mostPairs') return t('of_items', { count });
      if (path === 'drive.versionMonths') return t('of_months', { count });
      return t('of_days', { count });
    };
    return {
      name: (path) => t(keyOf(path) as Key),
      effect: (path) => t(`${keyOf(path)}_effect` as Key),
      value: (path, value) => {
        if (value === null && inBytes.includes(path)) return t('of_unlimited');
        if (value === null || value === undefined) return path === 'password.lockoutFailures' ? t('of_never') : t('of_none');
        if (path === 'twoStep.required') return t(value === true ? 'of_required' : 'of_choice');
        if (typeof value === 'boolean') {
          return allowing.includes(path) ? t(value ? 'of_allowed' : 'of_forbidden') : t(value ? 'of_true' : 'of_false');
        }
        if (path === 'twoStep.methods') return format.facts((value as string[]).map((method) => t(`of_${method}` as Key)));
        if (path.startsWith('links.') && Array.isArray(value)) {
          return value.length === 0 ? t('of_nobody') : format.facts(value.map((scope) => t(`of_${scope as LinkScope}`)));
        }
        if (path === 'sync.refusedFolders' && Array.isArray(value)) {
          return value.length === 0 ? t('of_none') : format.facts(value.map((folder) => t(`of_${folder as KnownFolder}`)));
        }
        if (path === 'drive.versionsOf') return t(value === 'all' ? 'of_files_all' : 'of_listed');
        if (path === 'versions.supported') return t(value === 'all' ? 'of_versions_all' : 'of_three_majors');
        if (Array.isArray(value)) return value.length === 0 ? t('of_empty') : t('of_items', { count: value.length });
        if (typeof value === 'number') return counted(path, value);
        if (enumerated.includes(path)) return t(`of_${value as string}` as Key);
        return value === '' ? t('of_empty_text') : (value as string);
      },
    };
  }, [t, format]);
}
