import { useTranslation } from 'react-i18next';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { Count } from '../ui/badge.tsx';
import { needing } from './root-line.ts';

/** Sync's number on the rail: what needs a person. */
export function SyncBadge() {
  const { t } = useTranslation('sync');
  const { accountId } = useAccount();
  const { data } = useAnswer('sync.roots', {});
  const count = needing(data?.roots.filter((root) => root.accountId === accountId) ?? []);
  return count > 0 ? <Count count={count} tone="attention" label={t('issues', { count })} /> : null;
}
