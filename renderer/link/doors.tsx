import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { useTexts } from './language.ts';
import { problemText } from './problem.ts';
import type { LinkServer } from './server.ts';

/** One question on a sheet: what is asked and why, a form, and what went wrong under its field. */
function Door({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section className="link-sheet link-door">
      <h1 className="link-title">{title}</h1>
      <p className="t2 prose">{lead}</p>
      {children}
    </section>
  );
}

/** Runs what a form asks for, once at a time. */
function useAsking(): { busy: boolean; problem: string | null; ask: (act: () => Promise<void>) => void; clear: () => void } {
  const { language } = useTexts();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = (act: () => Promise<void>): void => {
    if (busy) return;
    setBusy(true);
    setError(null);
    act()
      .catch((thrown: unknown) => setError(thrown))
      .finally(() => setBusy(false));
  };
  return { busy, problem: error === null ? null : problemText(error, language), ask, clear: () => setError(null) };
}

export function PasswordDoor({ company, server, onOpen }: { company: string; server: LinkServer; onOpen: () => void }) {
  const { say } = useTexts();
  const { busy, problem, ask } = useAsking();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const password = field.current?.value ?? '';
    if (password === '') return;
    ask(async () => {
      await server.password(password);
      onOpen();
    });
  };
  return (
    <Door title={say.passwordTitle} lead={say.passwordLead(company)}>
      <form className="link-form" onSubmit={submit}>
        <Input label={say.password} type="password" ref={field} autoFocus problem={problem} maxLength={128} required />
        <Button look="primary" size="large" wide type="submit" disabled={busy}>
          {say.openIt}
        </Button>
      </form>
    </Door>
  );
}

/** DRV-13: an address, then the code that went there. The same is said whether the address is listed or not. */
export function CodeDoor({ company, sent, server, onOpen }: { company: string; sent: boolean; server: LinkServer; onOpen: () => void }) {
  const { say, language } = useTexts();
  const [isSent, setSent] = useState(sent);
  const { busy, problem, ask, clear } = useAsking();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const typed = field.current?.value.trim() ?? '';
    if (typed === '') return;
    ask(async () => {
      if (isSent) {
        await server.enterCode(typed);
        onOpen();
      } else {
        await server.sendCode(typed, language);
        setSent(true);
      }
    });
  };
  const other = (): void => {
    clear();
    setSent(false);
  };
  return isSent ? (
    <Door title={say.codeTitle} lead={say.codeLead}>
      <form className="link-form" onSubmit={submit}>
        <Input
          key="code"
          label={say.code}
          ref={field}
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          problem={problem}
          maxLength={20}
          required
        />
        <Button look="primary" size="large" wide type="submit" disabled={busy}>
          {say.openIt}
        </Button>
        <Button look="quiet" onClick={other}>
          {say.otherMail}
        </Button>
      </form>
    </Door>
  ) : (
    <Door title={say.mailTitle} lead={say.mailLead(company)}>
      <form className="link-form" onSubmit={submit}>
        <Input
          key="mail"
          label={say.mail}
          type="email"
          ref={field}
          autoComplete="email"
          autoFocus
          problem={problem}
          maxLength={200}
          required
        />
        <Button look="primary" size="large" wide type="submit" disabled={busy}>
          {say.send}
        </Button>
      </form>
    </Door>
  );
}

/** The login is the app's own, in a window of its own; back on this page it is looked again. */
export function LoginDoor({ company, onTry }: { company: string; onTry: () => void }) {
  const { say } = useTexts();
  useEffect(() => {
    window.addEventListener('focus', onTry);
    return () => window.removeEventListener('focus', onTry);
  }, [onTry]);
  return (
    <Door title={say.loginTitle} lead={say.loginLead(company)}>
      <div className="link-form">
        <a className="button primary large wide" href="/" target="_blank" rel="noopener">
          {say.login}
        </a>
        <Button look="quiet" onClick={onTry}>
          {say.loginDone}
        </Button>
      </div>
    </Door>
  );
}
