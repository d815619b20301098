import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginMethod } from '#shared/contract/login.ts';
import type { LoginProgress } from '#shared/contract/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import { problemOf, useExplain } from './explain.ts';
import { useAnswer, useHost } from './host-context.tsx';
import { LoginPanel } from './login-panel.tsx';

interface LoginMethodsProps {
  serverUrl: string;
  /** Names the tenant (`id@tenant`) where the server has several. */
  member: string | null;
  disabled: boolean;
  onChoose: (method: LoginMethod) => void;
}

/** ACC-23, ACC-26: the other ways to log in at this server; nothing where there are none, or none is known. */
export function LoginMethods({ serverUrl, member, disabled, onChoose }: LoginMethodsProps) {
  const { t } = useTranslation('login');
  const { data } = useAnswer('login.methods', { serverUrl, ...(member === null ? {} : { member }) });
  const methods = data?.methods ?? [];
  if (methods.length === 0) return null;
  return (
    <section className="other-ways" aria-label={t('or')}>
      <div className="or-line">{t('or')}</div>
      {methods.map((method) => (
        <Button key={method.id} size="large" wide icon="key" disabled={disabled} onClick={() => onChoose(method)}>
          <span className="cut">{method.kind === 'passkey' ? t('withPasskey') : t('withMethod', { name: method.name })}</span>
        </Button>
      ))}
    </section>
  );
}

interface LoginInBrowserProps {
  method: LoginMethod;
  serverUrl: string;
  member: string;
  keepLogin: boolean;
  onProgress: (progress: LoginProgress) => void;
  onBack: () => void;
}

/** Waits while the person logs in with the system's browser; what came of it is said here. */
export function LoginInBrowser({ method, serverUrl, member, keepLogin, onProgress, onBack }: LoginInBrowserProps) {
  const { t } = useTranslation('login');
  const host = useHost();
  const explain = useExplain();
  const [attempt, setAttempt] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const loginId = `browser-${attempt}-${Date.now()}`;
    let wanted = true;
    host.workspace['account.loginExternal']({
      loginId,
      serverUrl,
      method: method.id,
      keepLogin,
      ...(member === '' ? {} : { member }),
    }).then(
      (progress) => wanted && onProgress(progress),
      (error: unknown) => wanted && setProblem(explain(problemOf(error))),
    );
    return () => {
      wanted = false;
      void host.workspace['account.cancelLogin']({ loginId }).catch(() => undefined);
    };
    // One attempt each time that the person asks for one.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [attempt]);
  const again = () => {
    setProblem(null);
    setAttempt(attempt + 1);
  };
  return (
    <LoginPanel
      title={t('browserTitle')}
      lead={t(host.shell === null ? 'browserHere' : 'browserLead')}
      onBack={onBack}
      {...(problem === null ? {} : { submit: { text: t('browserAgain'), disabled: false, onSubmit: again } })}
    >
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
    </LoginPanel>
  );
}
