import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useRef, useState, useSyncExternalStore, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { account } from '#shared/contract/account.ts';
import { AppError } from '#shared/base/errors.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useIdentity } from './identity.ts';
import type { ReauthenticationQuestion } from './reauthentication-question.ts';
import { useAnswer, useAsk } from './use-server.tsx';

type Proof = z.input<(typeof account)['session.reauthenticate']['input']>;

/** Asks again for the password, a code or a passkey before a dangerous act; the act then goes on by itself. */
export function ReauthenticationDialog({ question }: { question: ReauthenticationQuestion }) {
  const { t } = useTranslation('console');
  const open = useSyncExternalStore(question.subscribe, question.isOpen);
  return (
    <Dialog open={open} onClose={() => question.answer(false)} title={t('reauthenticate')}>
      {open && <ProofForm question={question} />}
    </Dialog>
  );
}

function ProofForm({ question }: { question: ReauthenticationQuestion }) {
  const { t } = useTranslation('console');
  const ask = useAsk();
  const explain = useExplain();
  const { member } = useIdentity();
  const security = useAnswer('account.security', {}).data;
  const field = useRef<HTMLInputElement>(null);
  const [by, setBy] = useState<'password' | 'code'>('password');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const hasCode = security !== undefined && (security.twoStep.totp || security.twoStep.recoveryCodesLeft > 0);
  const way = security?.password.set === false ? 'code' : by;
  const prove = async (proof: Proof) => {
    setBusy(true);
    setProblem(null);
    try {
      await ask('session.reauthenticate', proof);
      question.answer(true);
    } catch (error) {
      setProblem(explain(problemOf(error)));
      setBusy(false);
      field.current?.focus();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = field.current?.value ?? '';
    if (busy || field.current === null || secret.trim() === '') return;
    field.current.value = '';
    void prove(way === 'password' ? { password: secret } : { code: secret.trim() });
  };
  const withPasskey = async () => {
    try {
      const { options } = await ask('session.passkeyOptions', {});
      await prove({ passkey: await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }) });
    } catch (error) {
      setProblem(error instanceof AppError ? explain(problemOf(error)) : t('passkeyFailed'));
    }
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <p className="sm t2 prose">{t('reauthenticateMore')}</p>
      {security !== undefined && security.twoStep.passkeys.length > 0 && (
        <Button icon="key" wide disabled={busy} onClick={() => void withPasskey()}>
          {t('usePasskey')}
        </Button>
      )}
      {hasCode && security.password.set && (
        <Segmented
          label={t('method')}
          value={way}
          options={[
            { value: 'password', text: t('byPassword') },
            { value: 'code', text: t('byCode') },
          ]}
          onChange={(next) => {
            setBy(next);
            setProblem(null);
          }}
        />
      )}
      <input type="text" autoComplete="username" value={member.memberId} readOnly hidden />
      <Input
        key={way}
        ref={field}
        autoFocus
        label={t(way === 'password' ? 'byPassword' : 'byCode')}
        type={way === 'password' ? 'password' : 'text'}
        autoComplete={way === 'password' ? 'current-password' : 'one-time-code'}
      />
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      <div className="form-end">
        <Button onClick={() => question.answer(false)}>{t('cancel')}</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {t('confirm')}
        </Button>
      </div>
    </form>
  );
}
