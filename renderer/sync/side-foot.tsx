import { useTranslation } from 'react-i18next';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { LinkButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';

/** What goes over the line now, the way to its limits, and when the server last answered. */
export function SideFoot({ roots, lastAnswerAt }: { roots: readonly SyncRoot[]; lastAnswerAt: number | null }) {
  const { t } = useTranslation('sync');
  const router = useRouter();
  const format = useFormat();
  const sum = (key: 'bytesPerSecondUp' | 'bytesPerSecondDown') => roots.reduce((total, root) => total + root[key], 0);
  return (
    <div className="sync-foot xs t3 num">
      <div className="row">
        <Icon name="download" size={13} label={t('wayDown')} />
        <span>{format.rate(sum('bytesPerSecondDown'))}</span>
        <Icon name="upload" size={13} label={t('wayUp')} />
        <span className="grow">{format.rate(sum('bytesPerSecondUp'))}</span>
        <LinkButton className="xs" onClick={() => router.go(pathOf('settings', 'sync'))}>
          {t('bandwidth')}
        </LinkButton>
      </div>
      {lastAnswerAt === null ? t('noCheck') : t('lastCheck', { moment: format.exact(lastAnswerAt) })}
    </div>
  );
}
