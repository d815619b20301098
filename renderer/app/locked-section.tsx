import { useTranslation } from 'react-i18next';
import { decideService } from '#shared/policy/decide-service.ts';
import { Icon } from '../ui/icon.tsx';
import { useExplain } from './explain.ts';
import { useAccount, useHost } from './host-context.tsx';
import type { Screen } from './screen.ts';

/** ADM-08: whether the member's permission template keeps a screen's service from this program. */
export function useServiceDenied(): (screen: Pick<Screen, 'id'>) => boolean {
  const { policy, templateId } = useAccount();
  const environment = useHost().shell === null ? 'browser' : 'pc-app';
  return ({ id }) => {
    if (id === 'settings') return false;
    const decision =
      id === 'sync' ? decideService('drive', 'drive-explorer', templateId, policy) : decideService(id, environment, templateId, policy);
    return decision.effect === 'deny';
  };
}

/** What stands where a screen would be that the rules do not give to this member. */
export function LockedSection({ screen }: { screen: Pick<Screen, 'id'> }) {
  const { t } = useTranslation('frame');
  const explain = useExplain();
  return (
    <main className="main locked-section" data-column>
      <div className="empty grow">
        <Icon name="lock" size={24} className="t3" />
        <h1 className="phrase">{t('sectionLocked', { section: t(screen.id) })}</h1>
        <p className="sm prose">{explain({ code: 'denied', reason: 'service_denied' })}</p>
      </div>
    </main>
  );
}
