import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { Avatar, initials } from '../ui/avatar.tsx';
import { Count } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useAccount, useHost } from './host-context.tsx';
import { useRouter } from './router.ts';
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
  const entry = ({ id, icon, Badge }: Screen) => (
    <button
      key={id}
      type="button"
      className={classNames('go', id === current && 'on')}
      aria-current={id === current ? 'page' : undefined}
      onClick={() => router.go(id === current ? `/${id}` : router.lastOf(id))}
    >
      <Icon name={icon} size={20} />
      {t(id)}
      {Badge !== undefined && <Badge />}
    </button>
  );
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

/** The company's tile; with several accounts it is the way between them, and shows what waits in the others. */
function Company({ accounts, onSwitch }: { accounts: readonly Account[]; onSwitch: (accountId: string) => void }) {
  const { t } = useTranslation('frame');
  const format = useFormat();
  const own = useAccount();
  if (accounts.length < 2) {
    return (
      <span className="company" role="img" aria-label={own.tenantName}>
        {initials(own.tenantName)}
      </span>
    );
  }
  const others = accounts.filter(({ accountId }) => accountId !== own.accountId);
  const mentions = others.reduce((sum, account) => sum + account.mentions, 0);
  const entries: MenuEntry[] = accounts.map(({ accountId, tenantName, member }) => ({
    text: format.facts([tenantName, member.name]),
    ...(accountId === own.accountId ? { icon: 'check' as const } : {}),
    onSelect: () => onSwitch(accountId),
  }));
  return (
    <Menu entries={entries} side="right">
      <button type="button" className="company" aria-label={`${own.tenantName} ${t('switchAccount')}`}>
        {initials(own.tenantName)}
        {mentions > 0 && <Count count={mentions} tone="mention" label={t('mentions', { count: mentions })} />}
      </button>
    </Menu>
  );
}

function Self({ onAdd }: { onAdd: () => void }) {
  const { t } = useTranslation('frame');
  const host = useHost();
  const router = useRouter();
  const { accountId, member, tenantName } = useAccount();
  const entries: MenuEntry[] = [
    { text: t('accountSettings'), icon: 'person', onSelect: () => router.go('/settings/account') },
    ...(host.shell === null ? [] : [{ text: t('addAccount'), icon: 'plus' as const, onSelect: onAdd }]),
    'line',
    { text: t('logout'), icon: 'leave', onSelect: () => void host.workspace['account.logout']({ accountId }).catch(() => undefined) },
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
