import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginMethod, LoginNeed } from '#shared/contract/login.ts';
import type { Account, LoginProgress } from '#shared/contract/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/input.tsx';
import { Logo } from '../ui/logo.tsx';
import { Note } from '../ui/note.tsx';
import { problemOf, useExplain } from './explain.ts';
import { FarewellNotes } from './farewell-note.tsx';
import { useHost } from './host-context.tsx';
import type { HostInfo, Looked, Typed } from './login-facts.ts';
import { LoginForm, keepLoginOf } from './login-form.tsx';
import { LoginInBrowser } from './login-methods.tsx';
import { ForgottenId, ForgottenPassword } from './login-recovery.tsx';
import { LoginServer } from './login-server.tsx';
import { LoginStep } from './login-step.tsx';
import { useSettings } from './settings-source.ts';
import { TitleBar } from './title-bar.tsx';
import './account.css';

interface LoginWindowProps {
  info: HostInfo;
  /** Whose login it most likely is: their server and id are filled in. */
  again: Account | null;
  /** Why the last account ended, or null. */
  endedBy: string | null;
  onDone: (accountId: string) => void;
  /** Back to the account that is already open. */
  onBack?: () => void;
}

/** Where a login stands on screen. */
type Stage =
  | { at: 'form'; note: { text: string; good: boolean } | null }
  | { at: 'step'; loginId: string; need: LoginNeed }
  | { at: 'browser'; method: LoginMethod }
  | { at: 'forgotten_password' | 'forgotten_id' };

/** The login window: first which server, then who, then whatever the rules still ask for. */
export function LoginWindow({ info, again, endedBy, onDone, onBack }: LoginWindowProps) {
  const { t } = useTranslation('login');
  const host = useHost();
  const explain = useExplain();
  const settings = useSettings(null);
  const configured = again?.serverUrl ?? info.serverUrl ?? settings.get('serverUrl');
  const [looked, setLooked] = useState<Looked | null>(null);
  const [typed, setTyped] = useState<Typed>({ member: again?.member.memberId ?? '', keep: true });
  const why = endedBy === null || endedBy === 'logged_out' ? null : explain({ code: 'unauthenticated', reason: endedBy });
  const [stage, setStage] = useState<Stage>({ at: 'form', note: null });
  useEffect(() => {
    document.title = `Hikyaku: ${t('title')}`;
    return () => {
      document.title = 'Hikyaku';
    };
  }, [t]);

  useEffect(() => {
    // A browser may have come back from an identity provider: the login goes on where it was.
    host.workspace['account.pendingLogin']({}).then(
      ({ progress }) => progress !== null && onProgress(progress),
      (error: unknown) => toForm({ text: explain(problemOf(error)), good: false }),
    );
    // Once, when the form appears.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);

  const onLooked = (answer: Looked | null) => {
    setLooked(answer);
    // Where a server has several companies, the id alone says too little.
    const id = again?.member.memberId;
    if (answer !== null && answer.tenant === null && id !== undefined) {
      setTyped((now) => (now.member === id ? { ...now, member: `${id}@${again!.tenant}` } : now));
    }
  };
  const toForm = (note: Extract<Stage, { at: 'form' }>['note'] = null) => setStage({ at: 'form', note });
  const onProgress = (progress: LoginProgress) => {
    if (progress.kind === 'open') onDone(progress.accountId);
    else setStage({ at: 'step', loginId: progress.loginId, need: progress.need });
  };
  const cancel = (loginId: string) => {
    void host.workspace['account.cancelLogin']({ loginId }).catch(() => undefined);
    toForm();
  };

  if (looked !== null && stage.at !== 'form') {
    const { serverUrl } = looked;
    return (
      <LoginSheet info={info}>
        {stage.at === 'step' && (
          <LoginStep
            // Each kind of step begins anew; a code that was mailed again leaves its step as it is.
            key={stage.need.type}
            loginId={stage.loginId}
            need={stage.need}
            member={typed.member}
            onProgress={onProgress}
            onGone={(reason) => toForm({ text: explain({ code: 'denied', reason }), good: false })}
            onBack={() => cancel(stage.loginId)}
          />
        )}
        {stage.at === 'browser' && (
          <LoginInBrowser
            method={stage.method}
            serverUrl={serverUrl}
            member={typed.member}
            keepLogin={keepLoginOf(info, looked, typed)}
            onProgress={onProgress}
            onBack={() => toForm()}
          />
        )}
        {stage.at === 'forgotten_password' && (
          <ForgottenPassword
            serverUrl={serverUrl}
            member={typed.member}
            onBack={() => toForm()}
            onForgotId={() => setStage({ at: 'forgotten_id' })}
            onDone={(member) => {
              setTyped({ ...typed, member });
              toForm({ text: t('forgotDone'), good: true });
            }}
          />
        )}
        {stage.at === 'forgotten_id' && <ForgottenId serverUrl={serverUrl} onBack={() => setStage({ at: 'forgotten_password' })} />}
      </LoginSheet>
    );
  }
  const note = stage.at === 'form' && stage.note !== null ? stage.note : why === null ? null : { text: why, good: false };
  return (
    <LoginSheet info={info} {...(onBack === undefined ? {} : { onBack })}>
      <div className="login-head">
        <Logo />
        <h1>{t(onBack === undefined || again !== null ? 'title' : 'titleAdd')}</h1>
      </div>
      {note !== null && (
        <div style={{ marginBottom: 14 }} role="status">
          <Note icon={note.good ? 'done' : 'info'} tone={note.good ? 'positive' : 'neutral'}>
            {note.text}
          </Note>
        </div>
      )}
      <FarewellNotes />
      <LoginServer key={configured} configured={configured} fixed={info.host === 'browser'} looked={looked} onLooked={onLooked} />
      {looked !== null && (
        <LoginForm
          info={info}
          looked={looked}
          typed={typed}
          onTyped={setTyped}
          onProgress={onProgress}
          onMethod={(method) => setStage({ at: 'browser', method })}
          onForgot={() => setStage({ at: 'forgotten_password' })}
        />
      )}
    </LoginSheet>
  );
}

/** The window around every step: language and version at its foot. */
function LoginSheet({ info, onBack, children }: { info: HostInfo; onBack?: () => void; children: ReactNode }) {
  const { t } = useTranslation('login');
  const settings = useSettings(null);
  return (
    <div className="lone">
      <TitleBar>
        <span className="xs t3 grow">Hikyaku</span>
      </TitleBar>
      <main className="sheet">
        {children}
        <div className="row" style={{ marginTop: 'auto', paddingTop: 20 }}>
          {onBack !== undefined && (
            <Button look="quiet" size="small" icon="back" onClick={onBack}>
              {t('backToApp')}
            </Button>
          )}
          <Select
            label={t('language')}
            value={settings.get('language')}
            disabled={settings.locked('language')}
            options={[
              { value: 'system', text: '日本語 / English' },
              { value: 'ja', text: '日本語' },
              { value: 'en', text: 'English' },
            ]}
            onChange={(value) => void settings.set('language', value)}
          />
          <span className="push xs t3 num">{t('version', { version: info.version })}</span>
        </div>
      </main>
    </div>
  );
}
