import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useEndedAccounts } from './account-ended.tsx';
import { useAppearance } from './appearance.ts';
import { ContactContext } from './contact.ts';
import { problemOf, useExplain } from './explain.ts';
import { Frame } from './frame.tsx';
import { AccountProvider, useAnswer, useHostEvent } from './host-context.tsx';
import { IdleWarning } from './idle-warning.tsx';
import { LoginWindow } from './login-window.tsx';
import { isGrave } from './locked-texts.ts';
import { LockedWindow } from './locked-window.tsx';
import { useLastPlace } from './last-place.ts';
import { MembersProvider } from './people.tsx';
import { usePlace, useRouter } from './router.ts';
import type { Screen } from './screen.ts';
import { useSettings } from './settings-source.ts';
import './frame.css';

const noContact = { ja: '', en: '' };

/** Decides what the window is: a login form, a lock, or the frame with its screens. */
export function App({ screens }: { screens: readonly Screen[] }) {
  const { t } = useTranslation(['states', 'ui']);
  const explain = useExplain();
  const client = useQueryClient();
  const router = useRouter();
  const place = usePlace();
  const shellInfo = useAnswer('shell.info', {});
  const info = useAnswer('workspace.info', {});
  const accounts = useAnswer('account.list', {});
  const [chosen, setChosen] = useState<string | null>(null);
  /** A login form stands over the open accounts: for a new one, or for one that must log in again. */
  const [adding, setAdding] = useState<{ again: Account | null } | null>(null);
  const list = accounts.data?.accounts;
  const { ended, drop } = useEndedAccounts(list);
  const [told, setTold] = useState<string | null>(null);
  const account = list?.find(({ accountId }) => accountId === chosen) ?? list?.[0] ?? null;
  const settings = useSettings(account?.accountId ?? null);
  useAppearance(settings, shellInfo.data?.systemLanguage ?? null);

  const locked = account !== null && (account.connection === 'locked' || account.connection === 'upgrade_required');
  const lockedId = locked ? account.accountId : null;
  useEffect(() => {
    if (lockedId !== null) forget(client, lockedId);
  }, [client, lockedId]);

  useHostEvent((event) => {
    if (event.type === 'account.ended') forget(client, event.accountId);
    if (event.type === 'navigate') {
      if (event.accountId !== null) setChosen(event.accountId);
      setAdding(null);
      router.go(event.to);
    }
  });

  const home = `/${screens[0]!.id}`;
  const contact = account?.policy.contact ?? noContact;
  const loggedIn = (accountId: string) => {
    setChosen(accountId);
    setAdding(null);
    setTold(null);
    drop(accountId);
    nowhere();
  };
  const nowhere = () => {
    router.forget();
    router.go('/', true);
  };
  const lastPlace = useLastPlace(account?.accountId ?? null);
  const isNowhere = place.parts.length === 0;
  useEffect(() => {
    if (isNowhere && lastPlace !== null) router.go(lastPlace === '' ? home : lastPlace, true);
  }, [isNowhere, lastPlace, router, home]);
  const switchTo = (accountId: string) => {
    setAdding(null);
    setChosen(accountId);
    nowhere();
  };
  const lastEnd = ended.at(-1) ?? null;

  if (list === undefined || info.data === undefined) {
    const failure = accounts.error ?? info.error;
    return (
      <div className="waiting">
        {failure === null ? (
          <Skeleton rows={8} label={t('ui:loading')} />
        ) : (
          <ErrorNote title={t('startFailed')} retry={{ text: t('ui:retry'), onPress: () => void client.invalidateQueries() }}>
            {explain(problemOf(failure))}
          </ErrorNote>
        )}
      </div>
    );
  }
  const { version } = info.data;
  if (account === null && adding === null && lastEnd !== null && isGrave(lastEnd.reason) && told !== lastEnd.reason) {
    return (
      <ContactContext.Provider value={lastEnd.account.policy.contact}>
        <LockedWindow {...lastEnd} over version={version} accounts={[]} onSwitch={switchTo} onLogin={() => setTold(lastEnd.reason)} />
      </ContactContext.Provider>
    );
  }
  if (account === null || adding !== null) {
    return (
      <ContactContext.Provider value={lastEnd?.account.policy.contact ?? contact}>
        <LoginWindow
          key={adding?.again?.accountId ?? 'anybody'}
          info={info.data}
          again={adding === null ? (lastEnd?.account ?? null) : adding.again}
          endedBy={adding === null ? (lastEnd?.reason ?? null) : null}
          onDone={loggedIn}
          {...(account === null ? {} : { onBack: () => setAdding(null) })}
        />
        {list.length > 0 && <IdleWarning accounts={list} />}
      </ContactContext.Provider>
    );
  }
  return (
    <ContactContext.Provider value={contact}>
      <AccountProvider value={account}>
        {locked ? (
          <LockedWindow
            account={account}
            reason={account.reason ?? lockReason(account)}
            version={version}
            accounts={list}
            onSwitch={switchTo}
            onLogin={() => setAdding({ again: account })}
          />
        ) : (
          <MembersProvider>
            <Frame
              key={account.accountId}
              screens={screens}
              accounts={list}
              onSwitch={switchTo}
              onAdd={() => setAdding({ again: null })}
              ended={ended}
              onEndedSeen={drop}
              onLoginAgain={(again) => setAdding({ again })}
            />
          </MembersProvider>
        )}
        <IdleWarning accounts={list} />
      </AccountProvider>
    </ContactContext.Provider>
  );
}

const lockReason = ({ connection }: Account): string => (connection === 'upgrade_required' ? 'upgrade_required' : 'unknown');

/** Takes an account's content out of the window's memory. */
const forget = (client: ReturnType<typeof useQueryClient>, accountId: string): void =>
  client.removeQueries({
    predicate: ({ queryKey: [, input] }) =>
      typeof input === 'object' && input !== null && 'accountId' in input && input.accountId === accountId,
  });
