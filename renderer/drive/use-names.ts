import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useMembers } from '../app/people.tsx';

/** What members are called, by id; people who left the company's list have a word of their own. */
export function useMemberName(): (memberId: string) => string {
  const { t } = useTranslation('drive');
  const members = useMembers();
  return useCallback((memberId: string) => members.get(memberId)?.name ?? t('unknownMember'), [members, t]);
}
