import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { CrashBoundary } from '../../app/crash-boundary.tsx';
import { Chip } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Logo } from '../../ui/logo.tsx';
import { Empty } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { isOpenTo, type AdminScreen } from './screen.ts';
import { useIdentity } from './identity.ts';
import { PersonMenu } from './person-menu.tsx';
import { ReauthenticationDialog } from './reauthentication-dialog.tsx';
import type { ReauthenticationQuestion } from './reauthentication-question.ts';
import { addressOf, Link, usePlace, useRouter } from './router.tsx';
import { SearchBox } from './search-box.tsx';

interface FrameProps {
  readonly screens: readonly AdminScreen[];
  readonly question: ReauthenticationQuestion;
  readonly connected: boolean;
  readonly Banner: ComponentType;
  readonly onLogout: () => void;
}

const groups = [
  ['first', null],
  ['people', 'groupPeople'],
  ['rules', 'groupRules'],
  ['look', 'groupLook'],
] as const;

/** Header, navigation and the screen in view. Sections without the right for them are not there. */
export function ConsoleFrame({ screens, question, connected, Banner, onLogout }: FrameProps) {
  const { t } = useTranslation('console');
  const { rights, tenantName, role } = useIdentity();
  const router = useRouter();
  const [section, ...path] = usePlace();
  const open = screens.filter((screen) => isOpenTo(screen, rights));
  const current = screens.find((screen) => screen.path === section);
  const first = open[0];
  useEffect(() => {
    if (section === undefined && first !== undefined) router.go(addressOf(first.path), true);
  }, [section, first, router]);
  useEffect(() => {
    document.title = current === undefined ? t('title') : `${t(current.title)} · ${t('title')}`;
  }, [current, t]);
  const isKnown = current !== undefined;
  const isOpen = isKnown && open.includes(current);

  return (
    <div className="console">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <header className="console-head">
        <Logo size={26} />
        <b className="console-title">{t('title')}</b>
        <span className="t3 cut">{tenantName}</span>
        {first !== undefined && <SearchBox screens={open} />}
        <span className="row push">
          <PersonMenu onLogout={onLogout} />
          <Chip>{t(`role_${role}`)}</Chip>
        </span>
      </header>
      <nav className="console-nav" aria-label={t('sections')}>
        {groups.map(([group, title]) => {
          const inside = open.filter((screen) => screen.group === group);
          if (inside.length === 0) return null;
          return (
            <section key={group} {...(title === null ? {} : { 'aria-label': t(title) })}>
              {title !== null && <h2>{t(title)}</h2>}
              {inside.map((screen) => (
                <Link
                  key={screen.path}
                  to={addressOf(screen.path)}
                  className="console-link"
                  aria-current={screen === current ? 'page' : undefined}
                >
                  <Icon name={screen.icon} size={16} className="t3" />
                  <span className="grow">{t(screen.title)}</span>
                </Link>
              ))}
            </section>
          );
        })}
      </nav>
      <main className="console-main" id="content" tabIndex={-1}>
        <Disconnected shown={!connected} />
        <Banner />
        <div className="console-screen">
          {first === undefined ? (
            <Empty icon="lock" title={t('noAccess')}>
              {t('noAccessMore')}
            </Empty>
          ) : isOpen ? (
            <CrashBoundary key={current.path}>
              <current.screen path={path} />
            </CrashBoundary>
          ) : section === undefined ? null : (
            <Empty icon={isKnown ? 'lock' : 'search'} title={t(isKnown ? 'missingRight' : 'noSuch')}>
              {t(isKnown ? 'noAccessMore' : 'noSuchMore')}
            </Empty>
          )}
        </div>
      </main>
      <ReauthenticationDialog question={question} />
    </div>
  );
}

/** One strip while nothing is heard from the server, with the time of its last answer. */
function Disconnected({ shown }: { shown: boolean }) {
  const { t } = useTranslation('console');
  const client = useQueryClient();
  const format = useFormat();
  const [at, setAt] = useState(0);
  const wasShown = useRef(false);
  useEffect(() => {
    if (shown && !wasShown.current)
      setAt(
        Math.max(
          0,
          ...client
            .getQueryCache()
            .getAll()
            .map((query) => query.state.dataUpdatedAt),
        ),
      );
    wasShown.current = shown;
  }, [shown, client]);
  if (!shown || at === 0) return null;
  return (
    <div className="strip" role="status">
      <Icon name="offline" size={16} />
      <span className="prose">{t('disconnected', { time: format.stamp(at) })}</span>
    </div>
  );
}
