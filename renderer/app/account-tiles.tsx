import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { Avatar, initials } from '../ui/avatar.tsx';
import { Count } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { useFormat } from '../ui/use-format.ts';

interface AccountTilesProps {
  accounts: readonly Account[];
  currentId: string;
  onSwitch: (accountId: string) => void;
  /** Side by side instead of one under the other. */
  across?: boolean;
}

/** ACC-52: the accounts that are open here, each with its company, its person and what waits in it; the one on screen has a ring. */
export function AccountTiles({ accounts, currentId, onSwitch, across = false }: AccountTilesProps) {
  const { t } = useTranslation('frame');
  const format = useFormat();
  return (
    <ul className={classNames('accounts', across && 'across')} aria-label={t('switchAccount')}>
      {accounts.map(({ accountId, tenantName, member, unread, mentions, connection }) => {
        const name = format.facts([tenantName, member.name]);
        const isLocked = connection === 'locked' || connection === 'upgrade_required';
        const waiting = mentions > 0 ? t('mentions', { count: mentions }) : unread > 0 ? t('unread', { count: unread }) : null;
        const label = format.facts([name, isLocked ? t('locked') : null, waiting]);
        const isCurrent = accountId === currentId;
        return (
          <li key={accountId}>
            <Tooltip text={label}>
              <button
                type="button"
                className={classNames('company', isCurrent && 'on', isLocked && 'locked')}
                aria-label={label}
                aria-current={isCurrent ? 'true' : undefined}
                onClick={() => onSwitch(accountId)}
              >
                <span aria-hidden>{initials(tenantName)}</span>
                <Avatar id={member.id} name={member.name} size="small" />
                {mentions > 0 ? <Count count={mentions} tone="mention" label="" /> : unread > 0 && <Count count={unread} label="" />}
              </button>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}
