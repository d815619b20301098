import { useTranslation } from 'react-i18next';
import { useAccount } from '../app/host-context.tsx';
import { useSettings } from '../app/settings-source.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import type { ViewPrefs } from './view-prefs.ts';

interface FolderExtras {
  readonly prefs: ViewPrefs;
  readonly onPrefs: (change: Partial<ViewPrefs>) => void;
  readonly onRefresh: () => void;
  readonly onAll: () => void;
}

/** What the empty space's menu has beside adding: how the folder is looked at. */
export function useFolderExtras({ prefs, onPrefs, onRefresh, onAll }: FolderExtras): readonly MenuEntry[] {
  const { t } = useTranslation('explorer');
  const { accountId } = useAccount();
  const settings = useSettings(accountId);
  const compact = settings.get('density') === 'compact';
  const isTiles = prefs.view === 'tiles';
  return [
    {
      text: t(isTiles ? 'asList' : 'asTiles'),
      icon: isTiles ? 'list' : 'tiles',
      onSelect: () => onPrefs({ view: isTiles ? 'list' : 'tiles' }),
    },
    {
      text: t(compact ? 'comfortable' : 'compact'),
      icon: 'list',
      onSelect: () => void settings.set('density', compact ? 'comfortable' : 'compact').catch(() => undefined),
    },
    { text: t('selectAll'), icon: 'check', keys: 'Ctrl A', onSelect: onAll },
    { text: t('refresh'), icon: 'refresh', keys: 'F5', onSelect: onRefresh },
  ];
}
