import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { IconButton, LinkButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useExplain } from './explain.ts';
import { useHostEvent } from './host-context.tsx';

/** An account that is not open here any more, as it was, and why. */
export interface EndedAccount {
  readonly account: Account;
  readonly reason: string;
}

/** Remembers which accounts ended in this run, until somebody has seen it or the account is open again. The latest comes last. */
export function useEndedAccounts(list: readonly Account[] | undefined) {
  const [ended, setEnded] = useState<readonly EndedAccount[]>([]);
  const known = useRef(new Map<string, Account>());
  useEffect(() => {
    for (const account of list ?? []) known.current.set(account.accountId, account);
  }, [list]);
  const drop = (accountId: string) => setEnded((now) => now.filter(({ account }) => account.accountId !== accountId));
  useHostEvent((event) => {
    if (event.type !== 'account.ended') return;
    const account = known.current.get(event.accountId);
    drop(event.accountId);
    if (account !== undefined && event.reason !== 'logged_out') setEnded((now) => [...now, { account, reason: event.reason }]);
  });
  const open = new Set(list?.map(({ accountId }) => accountId));
  return { ended: ended.filter(({ account }) => !open.has(account.accountId)), drop };
}

interface EndedStripProps {
  ended: readonly EndedAccount[];
  onSeen: (accountId: string) => void;
  onLoginAgain: (account: Account) => void;
}

/** Tells, in the window of an account that goes on, that another one ended: which, why, and the way back. */
export function EndedStrip({ ended, onSeen, onLoginAgain }: EndedStripProps) {
  const { t } = useTranslation(['frame', 'states', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  return ended.map(({ account, reason }) => (
    <div key={account.accountId} className="strip" role="status">
      <Icon name="info" size={16} className="caution" />
      <span className="grow prose">
        <b>{format.facts([account.tenantName, account.member.name])}</b>
        {t('frame:endedBecause')}
        {explain({ code: 'unauthenticated', reason })}
      </span>
      <LinkButton className="sm" onClick={() => onLoginAgain(account)}>
        {t('states:loginAgain')}
      </LinkButton>
      <IconButton icon="close" small label={t('ui:close')} onClick={() => onSeen(account.accountId)} />
    </div>
  ));
}
