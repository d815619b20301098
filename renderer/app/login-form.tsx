import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginMethod } from '#shared/contract/login.ts';
import type { LoginProgress } from '#shared/contract/workspace.ts';
import { Button, IconButton, LinkButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Checkbox, Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { problemOf, useExplain, waitSecondsOf } from './explain.ts';
import { useHost } from './host-context.tsx';
import type { HostInfo, Looked, Typed } from './login-facts.ts';
import { LoginMethods } from './login-methods.tsx';
import { useWait } from './login-wait.ts';
import { useSettings } from './settings-source.ts';

interface LoginFormProps {
  info: HostInfo;
  looked: Looked;
  /** What was typed before; never the password. */
  typed: Typed;
  onTyped: (typed: Typed) => void;
  onProgress: (progress: LoginProgress) => void;
  onMethod: (method: LoginMethod) => void;
  onForgot: () => void;
}

/**
 * Who. The password lives in its field only: it is read once at submit, handed to the host and taken out of the field at once;
 * it is in no state, no query and no store of the renderer.
 */
export function LoginForm({ info, looked, typed, onTyped, onProgress, onMethod, onForgot }: LoginFormProps) {
  const { t } = useTranslation('login');
  const host = useHost();
  const explain = useExplain();
  const settings = useSettings(null);
  const member = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const [named, setNamed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wait, setWait] = useWait();
  useEffect(() => (member.current?.value === '' ? member : password).current?.focus(), []);

  const rule = looked.keepLogin === false ? t('keepLoginForbidden') : info.keychain ? null : t('noKeychain');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0 || member.current === null || password.current === null) return;
    const who = member.current.value.trim();
    const secret = password.current.value;
    if (who === '' || secret === '') return setProblem(t('missing'));
    password.current.value = '';
    onTyped({ ...typed, member: who });
    setShown(false);
    setBusy(true);
    setProblem(null);
    try {
      const progress = await host.workspace['account.login']({
        serverUrl: looked.serverUrl,
        member: who,
        password: secret,
        keepLogin: keepLoginOf(info, looked, typed),
      });
      if (host.shell !== null && !settings.locked('serverUrl')) await settings.set('serverUrl', looked.serverUrl).catch(() => undefined);
      onProgress(progress);
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
    onTyped({ ...typed, member: memberId });
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
          defaultValue={typed.member}
          onChange={(event) => onTyped({ ...typed, member: event.target.value })}
          onBlur={(event) => setNamed(tenantIn(event.target.value))}
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
        <div className="row sm" style={{ marginTop: 6, minHeight: 24 }}>
          <span className="t2 row" role="status" style={{ gap: 5 }}>
            {capsLock && <Icon name="info" size={13} />}
            {capsLock && t('capsLock')}
          </span>
          <LinkButton className="sm push" onClick={onForgot}>
            {t('forgot')}
          </LinkButton>
        </div>
        {info.host === 'app' && (
          <div style={{ marginTop: 10 }}>
            <Checkbox checked={typed.keep && rule === null} onChange={(keep) => onTyped({ ...typed, keep })} rule={rule}>
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
      <LoginMethods serverUrl={looked.serverUrl} member={looked.tenant === null ? named : null} disabled={busy} onChoose={onMethod} />
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

/** ACC-30: what the person wishes, where rule and keychain allow it. */
export const keepLoginOf = (info: HostInfo, looked: Looked, typed: Typed): boolean =>
  typed.keep && looked.keepLogin !== false && info.keychain && info.host === 'app';

/** `@tenant` out of `id@tenant`; null where none is named. */
const tenantIn = (typed: string): string | null => {
  const at = typed.indexOf('@');
  return at === -1 || at === typed.trim().length - 1 ? null : typed.trim().slice(at).toLowerCase();
};
