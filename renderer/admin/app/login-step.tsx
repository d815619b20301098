import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginAnswer, LoginNeed } from '#shared/contract/login.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Input, Select } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { QrCode } from '../../ui/qr-code.tsx';

type Need<Type extends LoginNeed['type']> = Extract<LoginNeed, { type: Type }>;
interface StepProps<N extends LoginNeed> {
  need: N;
  /** Gives the answer to the server; rejects with the failure. */
  answer: (given: LoginAnswer) => Promise<void>;
  explain: (error: unknown) => string;
}

/** One step of a login after the password (ACC-03, ACC-20, NET-03). */
export function LoginStep({ need, ...rest }: StepProps<LoginNeed>) {
  switch (need.type) {
    case 'code':
      return <CodeStep need={need} {...rest} />;
    case 'enrol_totp':
      return <EnrolStep need={need} {...rest} />;
    case 'recovery_codes':
      return <RecoveryStep need={need} {...rest} />;
    case 'new_password':
      return <NewPasswordStep need={need} {...rest} />;
  }
}

/** Gives an answer once at a time, and keeps what went wrong. */
function useGiving({ answer, explain }: Pick<StepProps<LoginNeed>, 'answer' | 'explain'>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const give = async (given: LoginAnswer): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(null);
    try {
      await answer(given);
      return true;
    } catch (error) {
      setProblem(explain(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, setProblem, give };
}

function StepForm({ title, more, onSubmit, children }: { title: string; more: string; onSubmit: () => void; children: ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <h2>{title}</h2>
      <p className="sm t2">{more}</p>
      {children}
    </form>
  );
}

const Problem = ({ text }: { text: string | null }) =>
  text === null ? null : (
    <Note icon="error" tone="danger" alert>
      {text}
    </Note>
  );

function CodeStep({ need, ...rest }: StepProps<Need<'code'>>) {
  const { t } = useTranslation('console');
  const { busy, problem, setProblem, give } = useGiving(rest);
  const typed = need.methods.filter((method) => method !== 'passkey');
  const [method, setMethod] = useState(typed[0] ?? 'totp');
  const [sent, setSent] = useState(false);
  const [trust, setTrust] = useState(false);
  const code = useRef<HTMLInputElement>(null);
  const submit = () => {
    const given = code.current?.value.trim() ?? '';
    if (given !== '') void give({ type: 'code', method, code: given, trustDevice: trust });
  };
  const withPasskey = async () => {
    try {
      const options = need.passkey as PublicKeyCredentialRequestOptionsJSON;
      await give({ type: 'passkey', response: await startAuthentication({ optionsJSON: options }), trustDevice: trust });
    } catch {
      setProblem(t('passkeyFailed'));
    }
  };
  const isCountry = need.why === 'country';
  return (
    <StepForm title={t(isCountry ? 'stepCountry' : 'stepCode')} more={t(isCountry ? 'stepCountryMore' : 'stepCodeMore')} onSubmit={submit}>
      {need.passkey !== undefined && need.methods.includes('passkey') && (
        <Button icon="key" wide disabled={busy} onClick={() => void withPasskey()}>
          {t('usePasskey')}
        </Button>
      )}
      {typed.length > 1 && (
        <Select
          label={t('method')}
          value={method}
          options={typed.map((value) => ({ value, text: t(`method_${value}`) }))}
          onChange={(next) => {
            setMethod(next);
            setProblem(null);
          }}
        />
      )}
      {method === 'email' && (
        <div className="row">
          <Button size="small" disabled={busy} onClick={() => void give({ type: 'send_code' }).then(setSent)}>
            {t('sendCode')}
          </Button>
          {sent && (
            <span className="sm t2" role="status">
              {t('codeSent', { email: need.email ?? '' })}
            </span>
          )}
        </div>
      )}
      {typed.length > 0 && (
        <Input
          key={method}
          ref={code}
          autoFocus
          label={t(`method_${method}`)}
          inputMode={method === 'recovery' ? 'text' : 'numeric'}
          autoComplete="one-time-code"
        />
      )}
      {need.trustDays !== null && (
        <Checkbox checked={trust} onChange={setTrust}>
          {t('trust', { count: need.trustDays })}
        </Checkbox>
      )}
      <Problem text={problem} />
      {typed.length > 0 && (
        <Button type="submit" look="primary" size="large" wide disabled={busy}>
          {t('continue')}
        </Button>
      )}
    </StepForm>
  );
}

function EnrolStep({ need, ...rest }: StepProps<Need<'enrol_totp'>>) {
  const { t } = useTranslation('console');
  const { busy, problem, give } = useGiving(rest);
  const code = useRef<HTMLInputElement>(null);
  return (
    <StepForm
      title={t('stepEnrol')}
      more={t('stepEnrolMore')}
      onSubmit={() => void give({ type: 'enrol_totp', code: code.current?.value.trim() ?? '' })}
    >
      <QrCode text={need.uri} label={t('secret')} />
      <p className="secret selectable num">{need.secret.replace(/(.{4})(?=.)/gu, '$1 ')}</p>
      <a className="link sm" href={need.uri}>
        {t('openAuthenticator')}
      </a>
      <Input ref={code} label={t('code')} inputMode="numeric" autoComplete="one-time-code" />
      <Problem text={problem} />
      <Button type="submit" look="primary" size="large" wide disabled={busy}>
        {t('continue')}
      </Button>
    </StepForm>
  );
}

function RecoveryStep({ need, ...rest }: StepProps<Need<'recovery_codes'>>) {
  const { t } = useTranslation('console');
  const { busy, problem, give } = useGiving(rest);
  const [copied, setCopied] = useState(false);
  return (
    <StepForm title={t('stepRecovery')} more={t('stepRecoveryMore')} onSubmit={() => void give({ type: 'recovery_codes_kept' })}>
      <ul className="secret selectable num">
        {need.codes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Button icon="copy" onClick={() => void navigator.clipboard.writeText(need.codes.join('\n')).then(() => setCopied(true))}>
        {t(copied ? 'copied' : 'copy')}
      </Button>
      <Problem text={problem} />
      <Button type="submit" look="primary" size="large" wide disabled={busy}>
        {t('keptCodes')}
      </Button>
    </StepForm>
  );
}

function NewPasswordStep({ need, ...rest }: StepProps<Need<'new_password'>>) {
  const { t } = useTranslation('console');
  const { busy, problem, setProblem, give } = useGiving(rest);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const { rules } = need;
  const submit = () => {
    const password = first.current?.value ?? '';
    if (password === '') return;
    if (password !== second.current?.value) return setProblem(t('mismatch'));
    void give({ type: 'new_password', password });
  };
  return (
    <StepForm title={t('stepPassword')} more={t(`why_${need.why}`)} onSubmit={submit}>
      <p className="sm t3">
        {t(`rules_${rules.format}`, { min: rules.minimumLength, max: rules.maximumLength })}
        {rules.reuseBan > 0 && ` ${t('rulesReuse', { count: rules.reuseBan })}`}
      </p>
      <Input ref={first} autoFocus label={t('stepPassword')} type="password" autoComplete="new-password" />
      <Input ref={second} label={t('again')} type="password" autoComplete="new-password" />
      <Problem text={problem} />
      <Button type="submit" look="primary" size="large" wide disabled={busy}>
        {t('continue')}
      </Button>
    </StepForm>
  );
}
