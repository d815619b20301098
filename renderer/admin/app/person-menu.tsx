import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { AppError } from '#shared/base/errors.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAppearance } from './appearance.tsx';
import { useIdentity } from './identity.ts';
import { useAsk } from './use-server.tsx';

const themes = ['system', 'light', 'dark'] as const;
const themeTexts = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const;

/** The person at the console: language, theme, the way to the app, and out. */
export function PersonMenu({ onLogout }: { onLogout: () => void }) {
  const { t } = useTranslation('console');
  const { member } = useIdentity();
  const { language, setLanguage, theme, setTheme } = useAppearance();
  const ask = useAsk();
  const explain = useExplain();
  const toast = useToast();
  const logOut = () => {
    ask('session.end', {}).then(onLogout, (error: unknown) => {
      if (error instanceof AppError && error.code === 'unauthenticated') onLogout();
      else toast({ text: explain(problemOf(error)), icon: 'error' });
    });
  };
  return (
    <Menu
      align="end"
      entries={[
        ...(['ja', 'en'] as const).map((one) => ({
          text: one === 'ja' ? '日本語' : 'English',
          ...(one === language ? { icon: 'check' as const } : {}),
          onSelect: () => setLanguage(one),
        })),
        'line',
        ...themes.map((one) => ({
          text: t(themeTexts[one]),
          ...(one === theme ? { icon: 'check' as const } : {}),
          onSelect: () => setTheme(one),
        })),
        'line',
        { text: t('openApp'), icon: 'open', onSelect: () => location.assign('/') },
        { text: t('logout'), icon: 'leave', onSelect: logOut },
      ]}
    >
      <button type="button" className="person-button">
        <Avatar id={member.id} name={member.name} size="small" />
        <span className="cut">{member.name}</span>
        <span className="unseen">{t('me')}</span>
        <Icon name="down" size={14} className="t3" />
      </button>
    </Menu>
  );
}
