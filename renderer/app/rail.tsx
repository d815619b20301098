import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { Avatar, initials } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { AccountTiles } from './account-tiles.tsx';
import { useAccount, useHost } from './host-context.tsx';
import { useServiceDenied } from './locked-section.tsx';
import { useRouter } from './router.ts';
import { useLogout } from './use-logout.ts';
import type { Screen } from './screen.ts';

interface RailProps {
  screens: readonly Screen[];
  current: string;
  accounts: readonly Account[];
  onSwitch: (accountId: string) => void;
  onAdd: () => void;
}

/** The frame's left edge: the company, the screens, and oneself. */
export function Rail({ screens, current, accounts, onSwitch, onAdd }: RailProps) {
  const { t } = useTranslation('frame');
  const router = useRouter();
  const denied = useServiceDenied();
  const entry = ({ id, icon, Badge }: Screen) => {
    const isLocked = denied({ id });
    return (
      <button
        key={id}
        type="button"
        className={classNames('go', id === current && 'on', isLocked && 'locked')}
        aria-current={id === current ? 'page' : undefined}
        onClick={() => router.go(id === current ? `/${id}` : router.lastOf(id))}
      >
        <Icon name={icon} size={20} />
        {t(id)}
        {isLocked && (
          <span className="lock-mark">
            <Icon name="lock" size={12} />
            <span className="unseen">{t('locked')}</span>
          </span>
        )}
        {Badge !== undefined && !isLocked && <Badge />}
      </button>
    );
  };
  return (
    <nav className="rail" aria-label={t('mainMenu')} data-column>
      <Company accounts={accounts} onSwitch={onSwitch} />
      {screens.filter(({ id }) => id !== 'settings').map(entry)}
      <span className="grow" />
      {screens.filter(({ id }) => id === 'settings').map(entry)}
      <Self onAdd={onAdd} />
    </nav>
  );
}

/** The company's tile; with several accounts each has its own, and they are the way between them. */
function Company({ accounts, onSwitch }: { accounts: readonly Account[]; onSwitch: (accountId: string) => void }) {
  const own = useAccount();
  if (accounts.length > 1) return <AccountTiles accounts={accounts} currentId={own.accountId} onSwitch={onSwitch} />;
  return (
    <span className="company" role="img" aria-label={own.tenantName}>
      {initials(own.tenantName)}
    </span>
  );
}

function Self({ onAdd }: { onAdd: () => void }) {
  const { t } = useTranslation('frame');
  const host = useHost();
  const router = useRouter();
  const { accountId, member, tenantName } = useAccount();
  const logout = useLogout(accountId);
  const entries: MenuEntry[] = [
    { text: t('accountSettings'), icon: 'person', onSelect: () => router.go('/settings/account') },
    ...(host.shell === null ? [] : [{ text: t('addAccount'), icon: 'plus' as const, onSelect: onAdd }]),
    'line',
    { text: t('logout'), icon: 'leave', onSelect: logout },
  ];
  return (
    <Menu
      entries={entries}
      side="right"
      align="end"
      head={
        <span className="col">
          <b>{member.name}</b>
          <span className="xs t3">{tenantName}</span>
        </span>
      }
    >
      <button type="button" className="self" aria-label={t('account', { name: member.name })}>
        <Avatar id={member.id} name={member.name} />
      </button>
    </Menu>
  );
}
