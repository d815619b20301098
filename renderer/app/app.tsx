import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useAppearance } from './appearance.ts';
import { ContactContext } from './contact.ts';
import { problemOf, useExplain } from './explain.ts';
import { Frame } from './frame.tsx';
import { AccountProvider, useAnswer, useHostEvent } from './host-context.tsx';
import { LoginWindow } from './login-window.tsx';
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
  const [adding, setAdding] = useState(false);
  const [ended, setEnded] = useState<Readonly<Record<string, string>>>({});
  const list = accounts.data?.accounts;
  const account = list?.find(({ accountId }) => accountId === chosen) ?? list?.[0] ?? null;
  const settings = useSettings(account?.accountId ?? null);
  useAppearance(settings, shellInfo.data?.systemLanguage ?? null);

  const locked = account !== null && (account.connection === 'locked' || account.connection === 'upgrade_required');
  const lockedId = locked ? account.accountId : null;
  useEffect(() => {
    if (lockedId !== null) forget(client, lockedId);
  }, [client, lockedId]);

  useHostEvent((event) => {
    if (event.type === 'account.ended') {
      forget(client, event.accountId);
      setEnded((now) => ({ ...now, [event.accountId]: event.reason }));
    }
    if (event.type === 'navigate') {
      if (event.accountId !== null) setChosen(event.accountId);
      setAdding(false);
      router.go(event.to);
    }
  });

  const home = `/${screens[0]!.id}`;
  const contact = account?.policy.contact ?? noContact;
  const loggedIn = (accountId: string) => {
    setChosen(accountId);
    setAdding(false);
    setEnded(({ [accountId]: _, ...rest }) => rest);
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
    setChosen(accountId);
    nowhere();
  };
  const lastEnd = useMemo(() => Object.values(ended).at(-1) ?? null, [ended]);

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
  if (account === null || adding) {
    return (
      <LoginWindow
        info={info.data}
        endedBy={adding ? null : lastEnd}
        onDone={loggedIn}
        {...(adding ? { onBack: () => setAdding(false) } : {})}
      />
    );
  }
  return (
    <ContactContext.Provider value={contact}>
      <AccountProvider value={account}>
        {locked ? (
          <LockedWindow reason={account.reason ?? ended[account.accountId] ?? lockReason(account)} version={info.data.version} />
        ) : (
          <MembersProvider>
            <Frame key={account.accountId} screens={screens} accounts={list} onSwitch={switchTo} onAdd={() => setAdding(true)} />
          </MembersProvider>
        )}
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
