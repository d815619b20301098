import { useTranslation } from 'react-i18next';
import { useLiveAccount } from '../app/host-context.tsx';
import { Count } from '../ui/badge.tsx';

/** Talk's number on the rail: mentions in vermilion, else what is unread. */
export function TalkBadge() {
  const { t } = useTranslation('frame');
  const { unread, mentions } = useLiveAccount();
  if (mentions > 0) return <Count count={mentions} tone="mention" label={t('mentions', { count: mentions })} />;
  return unread > 0 ? <Count count={unread} label={t('unread', { count: unread })} /> : null;
}
