import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginOutcome } from '#shared/contract/login.ts';
import { problemOf, useExplain, waitSecondsOf } from '../../app/explain.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useLink } from './use-server.tsx';

/** Who. The password lives in its field only: it is read once at submit and taken out of the field at once. */
export function PasswordForm({ onOutcome }: { onOutcome: (outcome: LoginOutcome) => void }) {
  const { t } = useTranslation('login');
  const link = useLink();
  const explain = useExplain();
  const info = useQuery({ queryKey: ['server'], queryFn: link.start }).data;
  const member = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wait, setWait] = useState(0);
  useEffect(() => member.current?.focus(), []);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0 || member.current === null || password.current === null) return;
    const who = member.current.value.trim();
    const secret = password.current.value;
    if (who === '' || secret === '') return setProblem(t('missing'));
    password.current.value = '';
    setShown(false);
    setBusy(true);
    setProblem(null);
    try {
      const device = { name: 'Browser', platform: navigator.platform.slice(0, 100), appVersion: info?.version ?? '' };
      onOutcome(await link.api['session.login']({ member: who, password: secret, kind: 'browser', device }));
    } catch (error) {
      setWait(waitSecondsOf(error) ?? 0);
      setProblem(explain(problemOf(error)));
      setBusy(false);
      password.current?.focus();
    }
  };
  const fillIn = (memberId: string, demoPassword: string) => {
    if (member.current === null || password.current === null) return;
    member.current.value = memberId;
    password.current.value = demoPassword;
    password.current.focus();
  };
  return (
    <>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Input ref={member} label={t(info?.tenant === null ? 'memberMany' : 'member')} autoCapitalize="off" autoComplete="username" />
        <Input
          ref={password}
          label={t('password')}
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          after={
            <IconButton
              icon={shown ? 'hide' : 'show'}
              small
              label={t(shown ? 'hidePassword' : 'showPassword')}
              onClick={() => setShown(!shown)}
            />
          }
        />
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {wait > 0 ? t('tooMany', { count: wait }) : problem}
          </Note>
        )}
        <Button type="submit" look="primary" size="large" wide disabled={busy || wait > 0}>
          {busy ? t('submitting') : t('submit')}
        </Button>
      </form>
      {info !== undefined && info.demoAccounts.length > 0 && (
        <section aria-label={t('demo')}>
          <h2 className="label">{t('demo')}</h2>
          <div className="demo-accounts">
            {info.demoAccounts.map(({ memberId, name, password: demoPassword }) => (
              <Button key={memberId} size="small" onClick={() => fillIn(memberId, demoPassword)}>
                <span className="cut">{name}</span>
                <span className="xs t3">{memberId}</span>
              </Button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}
