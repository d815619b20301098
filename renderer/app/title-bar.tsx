import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useAccount } from './host-context.tsx';
import { usePlace } from './router.ts';

/** The strip that moves the window; the OS draws its own controls at the right (on macOS at the left). */
export function TitleBar({ children }: { children?: ReactNode }) {
  return <header className="title-bar">{children}</header>;
}

/** Back, forward and the way to search: the title bar of a logged-in window; with several accounts it says whose window this is. */
export function MainTitleBar({ onSearch, several }: { onSearch: () => void; several: boolean }) {
  const { t } = useTranslation('frame');
  const format = useFormat();
  const { tenantName, member } = useAccount();
  const { canGoBack, canGoForward } = usePlace();
  return (
    <TitleBar>
      <IconButton icon="back" small label={t('back')} keys="Alt ←" disabled={!canGoBack} onClick={() => history.back()} />
      <IconButton icon="forward" small label={t('forward')} keys="Alt →" disabled={!canGoForward} onClick={() => history.forward()} />
      {several && <span className="whose xs t2 cut">{format.facts([tenantName, member.name])}</span>}
      <button type="button" className="seek" onClick={onSearch}>
        <Icon name="search" size={14} />
        <span className="grow cut">{t('search')}</span>
        <kbd className="key">Ctrl K</kbd>
      </button>
    </TitleBar>
  );
}
