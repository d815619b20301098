import { useRef, useState, useSyncExternalStore, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/input.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useIdentity } from './identity.ts';
import type { ReauthenticationQuestion } from './reauthentication-question.ts';
import { useAsk } from './use-server.tsx';

/** Asks again for the password or a code before a dangerous act (SERVER.md section 6); the act then goes on by itself. */
export function ReauthenticationDialog({ question }: { question: ReauthenticationQuestion }) {
  const { t } = useTranslation(['console', 'ui']);
  const open = useSyncExternalStore(question.subscribe, question.isOpen);
  return (
    <Dialog open={open} onClose={() => question.answer(false)} title={t('reauthenticate')}>
      {open && <Proof question={question} />}
    </Dialog>
  );
}

function Proof({ question }: { question: ReauthenticationQuestion }) {
  const { t } = useTranslation('console');
  const ask = useAsk();
  const explain = useExplain();
  const { member } = useIdentity();
  const field = useRef<HTMLInputElement>(null);
  const [by, setBy] = useState<'password' | 'code'>('password');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const secret = field.current?.value.trim() ?? '';
    if (busy || field.current === null || secret === '') return;
    field.current.value = '';
    setBusy(true);
    setProblem(null);
    try {
      await ask('session.reauthenticate', by === 'password' ? { password: secret } : { code: secret });
      question.answer(true);
    } catch (error) {
      setProblem(explain(problemOf(error)));
      setBusy(false);
      field.current?.focus();
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <p className="sm t2">{t('reauthenticateMore')}</p>
      <Segmented
        label={t('method')}
        value={by}
        options={[
          { value: 'password', text: t('byPassword') },
          { value: 'code', text: t('byCode') },
        ]}
        onChange={(next) => {
          setBy(next);
          setProblem(null);
        }}
      />
      <input type="text" autoComplete="username" value={member.memberId} readOnly hidden />
      <Input
        key={by}
        ref={field}
        autoFocus
        label={t(by === 'password' ? 'byPassword' : 'byCode')}
        type={by === 'password' ? 'password' : 'text'}
        inputMode={by === 'password' ? 'text' : 'numeric'}
        autoComplete={by === 'password' ? 'current-password' : 'one-time-code'}
        problem={problem}
      />
      <div className="form-end">
        <Button onClick={() => question.answer(false)}>{t('cancel')}</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {t('confirm')}
        </Button>
      </div>
    </form>
  );
}
