import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import type { Identity } from '#shared/contract/login.ts';
import { ContactContext } from '../../app/contact.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { ErrorNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { AdminScreen } from './screen.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { IdentityProvider } from './identity.ts';
import { LoginSheet } from './login-sheet.tsx';
import type { ReauthenticationQuestion } from './reauthentication-question.ts';
import { useAnswer, useLink } from './use-server.tsx';

type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** `reason`: why the last session ended, or null. */
  | { readonly kind: 'out'; readonly reason: string | null }
  | { readonly kind: 'in'; readonly identity: Identity };

interface ConsoleAppProps {
  readonly screens: readonly AdminScreen[];
  /** Stands over every screen. */
  readonly Banner: ComponentType;
  readonly question: ReauthenticationQuestion;
}

/** Decides what the page is: a login form, or the frame with its screens. */
export function ConsoleApp({ screens, question, Banner }: ConsoleAppProps) {
  const { t } = useTranslation(['console', 'ui']);
  const link = useLink();
  const client = useQueryClient();
  const explain = useExplain();
  const [state, setState] = useState<State>({ kind: 'starting' });
  const start = useCallback(async () => {
    setState({ kind: 'starting' });
    try {
      await link.start();
      const { identity } = await link.api['session.current']({});
      setState({ kind: 'in', identity });
    } catch (error) {
      const isOut = error instanceof AppError && error.code === 'unauthenticated';
      setState(isOut ? { kind: 'out', reason: null } : { kind: 'failed', error });
    }
  }, [link]);
  useEffect(() => void start(), [start]);
  const ended = useCallback(
    (reason: string | null) => {
      question.answer(false);
      client.clear();
      setState({ kind: 'out', reason });
    },
    [client, question],
  );
  useEffect(() => link.onEvent((event) => event.type === 'ended' && ended(event.reason)), [link, ended]);

  switch (state.kind) {
    case 'starting':
      return (
        <main className="console-wait">
          <Skeleton rows={8} label={t('ui:loading')} />
        </main>
      );
    case 'failed':
      return (
        <main className="console-wait">
          <ErrorNote title={t('failed')} retry={{ text: t('ui:retry'), onPress: () => void start() }}>
            {explain(problemOf(state.error))}
          </ErrorNote>
        </main>
      );
    case 'out':
      return <LoginSheet endedBy={state.reason} onDone={(identity) => setState({ kind: 'in', identity })} />;
    case 'in':
      return <LoggedIn identity={state.identity} screens={screens} question={question} Banner={Banner} onLogout={() => ended(null)} />;
  }
}

const noContact = { ja: '', en: '' };

/** Holds the socket while somebody is logged in, and keeps who they are up to date: a role that is taken away closes its sections at once. */
function LoggedIn({
  identity: first,
  screens,
  question,
  Banner,
  onLogout,
}: ConsoleAppProps & { identity: Identity; onLogout: () => void }) {
  const link = useLink();
  const client = useQueryClient();
  const identity = useAnswer('session.current', {}).data?.identity ?? first;
  const contact = useAnswer('policy.mine', {}).data?.policy.contact ?? noContact;
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stopHearing = link.onEvent((event) => {
      if (event.type === 'connection') setConnected(event.open);
      // Hints of one act come close together: one round of questions answers them.
      if (event.type === 'changed') timer ??= setTimeout(() => ((timer = undefined), void client.invalidateQueries()), 60);
    });
    const stopListening = link.listen();
    return () => {
      clearTimeout(timer);
      stopHearing();
      stopListening();
    };
  }, [link, client]);
  return (
    <ContactContext.Provider value={contact}>
      <IdentityProvider value={identity}>
        <ConsoleFrame screens={screens} question={question} Banner={Banner} connected={connected} onLogout={onLogout} />
      </IdentityProvider>
    </ContactContext.Provider>
  );
}
