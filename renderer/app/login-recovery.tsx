import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { NewPassword, clearNewPassword, readNewPassword, useNewPasswordFields } from './account-new-password.tsx';
import { problemOf, useExplain, waitSecondsOf } from './explain.ts';
import { useHost } from './host-context.tsx';
import { LoginPanel } from './login-panel.tsx';
import { useWait } from './login-wait.ts';

/** Asks a server before there is a session: busy, what it refused with, and how long to wait. */
function useAsking() {
  const { t } = useTranslation('login');
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wait, setWait] = useWait();
  const ask = async <T,>(question: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    setProblem(null);
    try {
      return await question();
    } catch (error) {
      setWait(waitSecondsOf(error) ?? 0);
      setProblem(explain(problemOf(error)));
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { ask, blocked: busy || wait > 0, problem: wait > 0 ? t('tooManyCodes', { count: wait }) : problem, setProblem };
}

const Problem = ({ children }: { children: string | null }) =>
  children === null ? null : (
    <div style={{ marginTop: 12 }}>
      <Note icon="error" tone="danger" alert>
        {children}
      </Note>
    </div>
  );

interface RecoveryProps {
  serverUrl: string;
  /** What was typed into the login form. */
  member: string;
  onBack: () => void;
  /** The new password is set: `member` may log in with it. */
  onDone: (member: string) => void;
  onForgotId: () => void;
}

/** ACC-11: a forgotten password is renewed with a code that goes to the registered address only. */
export function ForgottenPassword({ serverUrl, member, onBack, onDone, onForgotId }: RecoveryProps) {
  const { t } = useTranslation('login');
  const host = useHost();
  const { ask, blocked, problem, setProblem } = useAsking();
  const [who, setWho] = useState(member);
  const [ticket, setTicket] = useState<string | null>(null);
  const [code, setCode] = useState('');
  const fields = useNewPasswordFields();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [ticket]);

  const begin = async () => {
    const answer = await ask(() => host.workspace['recovery.begin']({ serverUrl, member: who.trim() }));
    if (answer !== null) setTicket(answer.ticket);
  };
  const finish = async (given: string) => {
    const read = readNewPassword(fields);
    if ('problem' in read) return setProblem(t(read.problem === 'empty' ? 'newPasswordEmpty' : 'newPasswordDiffers'));
    const input = { serverUrl, ticket: given, code: code.normalize('NFKC').trim(), password: read.password };
    if ((await ask(() => host.workspace['recovery.finish'](input))) === null) return undefined;
    clearNewPassword(fields);
    return onDone(who.trim());
  };

  if (ticket === null) {
    return (
      <LoginPanel
        key="who"
        title={t('forgotTitle')}
        lead={t('forgotLead')}
        onBack={onBack}
        submit={{ text: t('forgotSend'), disabled: blocked || who.trim() === '', onSubmit: () => void begin() }}
      >
        <Input
          ref={field}
          label={t('member')}
          value={who}
          autoCapitalize="off"
          autoComplete="username"
          onChange={(event) => setWho(event.target.value)}
        />
        <button type="button" className="link sm" style={{ alignSelf: 'flex-start' }} onClick={onForgotId}>
          {t('forgotId')}
        </button>
        <Problem>{problem}</Problem>
      </LoginPanel>
    );
  }
  return (
    <LoginPanel
      key="code"
      title={t('newPasswordTitle')}
      lead={t('forgotSent')}
      onBack={() => setTicket(null)}
      submit={{ text: t('newPasswordSave'), disabled: blocked || code.trim() === '', onSubmit: () => void finish(ticket) }}
    >
      <Input
        ref={field}
        label={t('code')}
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        onChange={(event) => setCode(event.target.value)}
      />
      <NewPassword fields={fields} rules={null} memberId={null} />
      <Problem>{problem}</Problem>
    </LoginPanel>
  );
}

/** ACC-11: a forgotten id is mailed to its registered address; whether there is one is never said. */
export function ForgottenId({ serverUrl, onBack }: { serverUrl: string; onBack: () => void }) {
  const { t } = useTranslation('login');
  const host = useHost();
  const { ask, blocked, problem } = useAsking();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async () => {
    if ((await ask(() => host.workspace['recovery.memberId']({ serverUrl, email: email.trim() }))) !== null) setSent(true);
  };
  return (
    <LoginPanel
      title={t('forgotId')}
      lead={t('forgotIdLead')}
      onBack={onBack}
      {...(sent ? {} : { submit: { text: t('forgotIdSend'), disabled: blocked || !email.includes('@'), onSubmit: () => void send() } })}
    >
      <Input
        ref={field}
        label={t('email')}
        type="email"
        value={email}
        disabled={sent}
        autoComplete="email"
        onChange={(event) => setEmail(event.target.value)}
      />
      <div role="status" style={{ marginTop: sent ? 12 : 0 }}>
        {sent && (
          <Note icon="done" tone="positive">
            {t('forgotIdSent')}
          </Note>
        )}
      </div>
      <Problem>{problem}</Problem>
    </LoginPanel>
  );
}
