import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useFormat } from '../ui/use-format.ts';
import { CrashBoundary } from './crash-boundary.tsx';
import { FarewellNotes } from './farewell-note.tsx';
import { EndedStrip, type EndedAccount } from './account-ended.tsx';
import { useAccount, useAnswer, useLiveAccount } from './host-context.tsx';
import { focusNextColumn } from './columns.ts';
import { useRememberedPlace } from './last-place.ts';
import { LockedSection, useServiceDenied } from './locked-section.tsx';
import { QuickSwitcher } from './quick-switcher.tsx';
import { Rail } from './rail.tsx';
import { usePlace, useRouter } from './router.ts';
import type { Screen } from './screen.ts';
import { MainTitleBar } from './title-bar.tsx';

interface FrameProps {
  screens: readonly Screen[];
  accounts: readonly Account[];
  onSwitch: (accountId: string) => void;
  onAdd: () => void;
  /** Accounts that ended while this one goes on. */
  ended: readonly EndedAccount[];
  onEndedSeen: (accountId: string) => void;
  onLoginAgain: (account: Account) => void;
}

/** The window of a logged-in account: rail, title bar, what is to be known about the connection, and one screen. */
export function Frame({ screens, accounts, onSwitch, onAdd, ended, onEndedSeen, onLoginAgain }: FrameProps) {
  const { t } = useTranslation('ui');
  const { parts } = usePlace();
  const router = useRouter();
  const [searching, setSearching] = useState(false);
  const platform = useAnswer('shell.info', {}).data?.platform ?? 'browser';
  const { accountId } = useAccount();
  const denied = useServiceDenied();
  const screen = screens.find(({ id }) => id === parts[0]) ?? screens.find((one) => !denied(one)) ?? screens[0]!;
  useRememberedPlace(accountId);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      const wanted = command ? screens[['1', '2', '3'].indexOf(event.key)] : undefined;
      if (event.isComposing) return;
      if (command && event.key.toLowerCase() === 'k') setSearching(true);
      else if (wanted !== undefined && wanted.id !== 'settings') router.go(router.lastOf(wanted.id));
      else if (event.key === 'F6') focusNextColumn(event.shiftKey);
      else if (event.altKey && event.key === 'ArrowLeft') history.back();
      else if (event.altKey && event.key === 'ArrowRight') history.forward();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [screens, router]);

  return (
    <div className="app" data-platform={platform}>
      <Rail screens={screens} current={screen.id} accounts={accounts} onSwitch={onSwitch} onAdd={onAdd} />
      <MainTitleBar onSearch={() => setSearching(true)} several={accounts.length > 1} />
      <div className="work">
        <OfflineStrip />
        <NoticeStrip />
        <EndedStrip ended={ended} onSeen={onEndedSeen} onLoginAgain={onLoginAgain} />
        <FarewellNotes />
        <CrashBoundary key={screen.id}>
          <Suspense fallback={<Skeleton label={t('loading')} />}>
            {denied(screen) ? <LockedSection screen={screen} /> : <screen.Component path={parts[0] === screen.id ? parts.slice(1) : []} />}
          </Suspense>
        </CrashBoundary>
      </div>
      <QuickSwitcher open={searching} onClose={() => setSearching(false)} />
    </div>
  );
}

/** One line while there is no connection, with the time of the last real answer. */
function OfflineStrip() {
  const { t } = useTranslation('frame');
  const { connection, lastAnswerAt, unsent = 0 } = useLiveAccount();
  const format = useFormat();
  if (connection !== 'offline') return null;
  return (
    <div className="strip" role="status">
      <Icon name="offline" size={16} className="caution" />
      <span className="grow cut">{unsent > 0 ? t('offlineUnsent', { count: unsent }) : t('offline')}</span>
      {lastAnswerAt !== null && <span className="num t2">{t('lastAnswer', { moment: format.moment(lastAnswerAt) })}</span>}
    </div>
  );
}

/** What happened to the local data, until the person has seen it. */
function NoticeStrip() {
  const { t } = useTranslation(['frame', 'ui']);
  const { notices = [] } = useAccount();
  const [seen, setSeen] = useState(false);
  const known = notices.filter((notice) => notice === 'database_damaged' || notice === 'database_newer');
  if (seen || known.length === 0) return null;
  return (
    <div className="strip" role="status">
      <Icon name="info" size={16} className="caution" />
      <span className="grow prose">{known.map((notice) => t(`frame:${notice}`)).join(' ')}</span>
      <IconButton icon="close" small label={t('ui:close')} onClick={() => setSeen(true)} />
    </div>
  );
}
