import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Identity, LoginAnswer, LoginOutcome } from '#shared/contract/login.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/input.tsx';
import { Logo } from '../../ui/logo.tsx';
import { Note } from '../../ui/note.tsx';
import { useAppearance } from './appearance.tsx';
import { LoginStep } from './login-step.tsx';
import { PasswordForm } from './password-form.tsx';
import { useLink } from './use-server.tsx';

interface LoginSheetProps {
  /** Why the last session ended, or null. */
  endedBy: string | null;
  onDone: (identity: Identity) => void;
}

/** The console's login: id and password, then whatever step the rules add, one after the other. */
export function LoginSheet({ endedBy, onDone }: LoginSheetProps) {
  const { t } = useTranslation(['console', 'login']);
  const { api } = useLink();
  const explain = useExplain();
  const { language, setLanguage } = useAppearance();
  const [outcome, setOutcome] = useState<Extract<LoginOutcome, { kind: 'continue' }> | null>(null);
  useEffect(() => {
    document.title = `${t('login:title')} · ${t('title')}`;
  }, [t]);
  const take = (next: LoginOutcome) => (next.kind === 'open' ? onDone(next.identity) : setOutcome(next));
  const answer = async (given: LoginAnswer) => {
    if (outcome !== null) take(await api['session.continue']({ ticket: outcome.ticket, answer: given }));
  };
  return (
    <div className="console-login">
      <main className="login-sheet">
        <div className="login-mark">
          <Logo />
          <h1>{t('title')}</h1>
        </div>
        {outcome === null && endedBy !== null && endedBy !== 'logged_out' && (
          <Note icon="info">{explain({ code: 'unauthenticated', reason: endedBy })}</Note>
        )}
        {outcome === null ? (
          <>
            <PasswordForm onOutcome={take} />
            <a className="link sm" href="/">
              {t('otherLogin')}
            </a>
          </>
        ) : (
          <>
            <LoginStep key={outcome.need.type} need={outcome.need} answer={answer} explain={(error) => explain(problemOf(error))} />
            <Button look="quiet" size="small" icon="back" onClick={() => setOutcome(null)}>
              {t('startAgain')}
            </Button>
          </>
        )}
        <div className="login-foot">
          <Select
            label={t('language')}
            value={language}
            options={[
              { value: 'ja', text: '日本語' },
              { value: 'en', text: 'English' },
            ]}
            onChange={setLanguage}
          />
        </div>
      </main>
    </div>
  );
}
