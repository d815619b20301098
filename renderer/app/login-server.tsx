import { useCallback, useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import { CompanyAvatar } from '../ui/avatar.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { useHost } from './host-context.tsx';
import type { Looked } from './login-facts.ts';

interface LoginServerProps {
  /** The address from the start options or the settings; empty when there is none. */
  configured: string;
  /** In a browser the server is where the page came from. */
  fixed: boolean;
  looked: Looked | null;
  onLooked: (looked: Looked | null) => void;
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** Makes an address complete: `https://` is meant where nothing is said. Null when it is none. */
export function completeAddress(typed: string): { url: string; insecure: boolean } | null {
  const text = typed.trim();
  if (text === '') return null;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `https://${text}`);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
    return { url: url.origin, insecure: url.protocol === 'http:' && !loopback.test(url.hostname) };
  } catch {
    return null;
  }
}

/** Which company: its name once its server answered, or the field for its address. */
export function LoginServer({ configured, fixed, looked, onLooked }: LoginServerProps) {
  const { t } = useTranslation(['login', 'ui']);
  const host = useHost();
  const id = useId();
  const [typed, setTyped] = useState(configured);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(configured !== '');
  const asked = useRef(0);

  const look = useCallback(
    async (typedAddress: string) => {
      const address = completeAddress(typedAddress);
      if (address === null) return setProblem(t('badUrl'));
      if (address.insecure) return setProblem(t('insecureUrl'));
      const turn = (asked.current += 1);
      setProblem(null);
      setBusy(true);
      try {
        const answer = await host.workspace['server.look']({ serverUrl: address.url });
        if (turn === asked.current) onLooked(answer);
      } catch (error) {
        if (turn === asked.current) setProblem(t(lookProblem(error)));
      } finally {
        if (turn === asked.current) setBusy(false);
      }
    },
    [host, onLooked, t],
  );
  useEffect(() => {
    if (configured !== '') void look(configured);
    // Asked once for the address this was made with.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  if (looked !== null) {
    const name = looked.tenant?.displayName ?? looked.serverUrl;
    return (
      <div className="col">
        <span className="label" id={id}>
          {t('company')}
        </span>
        <div className="field company-line" role="group" aria-labelledby={id}>
          <CompanyAvatar name={name} />
          <span className="col grow">
            <span className="cut">{name}</span>
            <span className="xs t3 cut">{new URL(looked.serverUrl).host}</span>
          </span>
          {!fixed && (
            <LinkButton className="sm" onClick={() => onLooked(null)}>
              {t('change')}
            </LinkButton>
          )}
        </div>
      </div>
    );
  }
  if (fixed) {
    if (problem === null) return null;
    return <ErrorNote title={problem} retry={{ text: t('ui:retry'), onPress: () => void look(configured) }} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void look(typed);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Input
        label={t('server')}
        value={typed}
        inputMode="url"
        placeholder="https://"
        problem={problem}
        autoFocus={configured === ''}
        onChange={(event) => setTyped(event.target.value)}
      />
      {problem === null && <span className="xs t3 prose">{t('serverHint')}</span>}
      <Button type="submit" look="primary" size="large" wide disabled={busy} style={{ marginTop: 16 }}>
        {busy ? t('connecting') : t('connect')}
      </Button>
    </form>
  );
}

function lookProblem(error: unknown): 'insecureUrl' | 'unreachable' | 'notOurs' | 'badUrl' {
  if (reasonOf(error) === 'insecure_url') return 'insecureUrl';
  if (!(error instanceof AppError)) return 'unreachable';
  if (error.code === 'invalid') return 'badUrl';
  return error.code === 'not_found' ? 'notOurs' : 'unreachable';
}
