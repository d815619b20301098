import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Checkbox, Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { problemOf, useExplain, waitSecondsOf } from './explain.ts';
import { useHost } from './host-context.tsx';
import type { HostInfo, Looked } from './login-facts.ts';
import { useSettings } from './settings-source.ts';

interface LoginFormProps {
  info: HostInfo;
  looked: Looked;
  onDone: (accountId: string) => void;
}

/**
 * Who. The password lives in its field only: it is read once at submit, handed to the host and taken out of the field at once;
 * it is in no state, no query and no store of the renderer.
 */
export function LoginForm({ info, looked, onDone }: LoginFormProps) {
  const { t } = useTranslation('login');
  const host = useHost();
  const explain = useExplain();
  const settings = useSettings(null);
  const member = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const [keep, setKeep] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wait, setWait] = useWait();
  useEffect(() => member.current?.focus(), []);

  const rule = looked.keepLogin === false ? t('keepLoginForbidden') : info.keychain ? null : t('noKeychain');
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
      const progress = await host.workspace['account.login']({
        serverUrl: looked.serverUrl,
        member: who,
        password: secret,
        keepLogin: keep && rule === null && info.host === 'app',
      });
      if (host.shell !== null && !settings.locked('serverUrl')) await settings.set('serverUrl', looked.serverUrl).catch(() => undefined);
      if (progress.kind === 'open') onDone(progress.accountId);
    } catch (error) {
      setWait(waitSecondsOf(error) ?? 0);
      setProblem(explain(problemOf(error)));
      setBusy(false);
      password.current?.focus();
    }
  };
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  const fillIn = (memberId: string, demoPassword: string) => {
    if (member.current === null || password.current === null) return;
    member.current.value = memberId;
    password.current.value = demoPassword;
    password.current.focus();
  };

  return (
    <>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Input
          ref={member}
          label={t(looked.tenant === null ? 'memberMany' : 'member')}
          autoCapitalize="off"
          autoComplete="username"
          className="login-field"
        />
        <Input
          ref={password}
          label={t('password')}
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          className="login-field"
          onKeyDown={watchCapsLock}
          onKeyUp={watchCapsLock}
          onBlur={() => setCapsLock(false)}
          after={
            <IconButton
              icon={shown ? 'hide' : 'show'}
              small
              label={t(shown ? 'hidePassword' : 'showPassword')}
              onClick={() => setShown(!shown)}
            />
          }
        />
        <span className="sm t2 row" role="status" style={{ marginTop: capsLock ? 8 : 0, gap: 5 }}>
          {capsLock && <Icon name="info" size={13} />}
          {capsLock && t('capsLock')}
        </span>
        {info.host === 'app' && (
          <div style={{ marginTop: 14 }}>
            <Checkbox checked={keep && rule === null} onChange={setKeep} rule={rule}>
              {t('keepLogin')}
            </Checkbox>
          </div>
        )}
        {problem !== null && (
          <div style={{ marginTop: 14 }}>
            <Note icon="error" tone="danger" alert>
              {wait > 0 ? t('tooMany', { count: wait }) : problem}
            </Note>
          </div>
        )}
        <Button type="submit" look="primary" size="large" wide disabled={busy || wait > 0} style={{ marginTop: 20 }}>
          {busy ? t('submitting') : t('submit')}
        </Button>
      </form>
      {looked.demoAccounts.length > 0 && (
        <section aria-label={t('demo')}>
          <div className="or-line">{t('demo')}</div>
          <div className="demo-list">
            {looked.demoAccounts.map(({ memberId, name, password: demoPassword }) => (
              <Button key={memberId} size="small" onClick={() => fillIn(memberId, demoPassword)}>
                <span className="col">
                  <span className="cut">{name}</span>
                  <span className="xs t3">{memberId}</span>
                </span>
              </Button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

/** Seconds that count down to nothing. */
function useWait(): [number, (seconds: number) => void] {
  const [wait, setWait] = useState(0);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);
  return [wait, setWait];
}
