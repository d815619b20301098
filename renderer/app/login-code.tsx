import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginNeed } from '#shared/contract/login.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { Checkbox, Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { CodeField, codeLengths } from './account-code-field.tsx';
import { answerPasskey } from './account-passkey.ts';
import { useHost } from './host-context.tsx';
import { useLoginAnswer, type LoginStepProps } from './login-answer.ts';
import { LoginPanel } from './login-panel.tsx';
import { clockOf, useWait } from './login-wait.ts';

type CodeNeed = Extract<LoginNeed, { type: 'code' }>;
type Method = CodeNeed['methods'][number];

/** How soon another mail may be asked for, in seconds. */
const resendSeconds = 60;
/** What is offered first, where there is a choice: the quickest. */
const order: readonly Method[] = ['passkey', 'totp', 'email', 'recovery'];
const leads = { totp: 'leadTotp', email: 'leadEmail', recovery: 'leadRecovery', passkey: 'leadPasskey' } as const;
const choices = { totp: 'useTotp', email: 'useEmail', recovery: 'useRecovery', passkey: 'usePasskey' } as const;

/** ACC-20, NET-03: the second step, by whichever method the member has at hand. */
export function LoginCode(props: LoginStepProps<CodeNeed>) {
  const { need, onBack } = props;
  const { t } = useTranslation('login');
  const host = useHost();
  const { send, blocked, problem, setProblem } = useLoginAnswer(props);
  // Passkeys belong to an address in a browser: the app has none.
  const methods = order.filter((one) => need.methods.includes(one) && (one !== 'passkey' || (host.shell === null && need.passkey != null)));
  const [method, setMethod] = useState<Method>(methods[0] ?? 'recovery');
  const [code, setCode] = useState('');
  const [trust, setTrust] = useState(false);
  const [resend, setResend] = useWait();
  const field = useRef<HTMLInputElement>(null);
  const mailed = useRef(false);

  const mail = async () => {
    mailed.current = true;
    setResend(resendSeconds);
    if (!(await send({ type: 'send_code' }))) setResend(0);
  };
  useEffect(() => {
    field.current?.focus();
    if (method === 'email' && !mailed.current) void mail();
    // A mail goes once for each time that the person turns to this way.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [method]);

  const choose = (next: Method) => {
    setCode('');
    setProblem(null);
    setMethod(next);
  };
  const confirm = async () => {
    const taken =
      method === 'passkey'
        ? await withPasskey()
        : await send({ type: 'code', method, code: code.trim(), trustDevice: trust && need.trustDays !== null });
    if (!taken) {
      setCode('');
      field.current?.focus();
    }
  };
  const withPasskey = async (): Promise<boolean> => {
    const response = await answerPasskey(need.passkey);
    if (response === null) {
      setProblem(t('passkeyFailed'));
      return false;
    }
    return send({ type: 'passkey', response, trustDevice: trust && need.trustDays !== null });
  };
  const incomplete = method === 'recovery' ? code.trim() === '' : method !== 'passkey' && code.length < codeLengths[method];
  return (
    <LoginPanel
      title={t(need.why === 'country' ? 'countryTitle' : 'codeTitle')}
      lead={
        <>
          {need.why === 'country' && t('countryLead')}
          {t(leads[method], { email: need.email ?? '' })}
        </>
      }
      onBack={onBack}
      instead={
        methods.length > 1 && (
          <section className="other-ways" aria-label={t('otherWays')}>
            <div className="or-line">{t('otherWays')}</div>
            {methods
              .filter((one) => one !== method)
              .map((one) => (
                <Button key={one} wide onClick={() => choose(one)}>
                  {t(choices[one])}
                </Button>
              ))}
          </section>
        )
      }
      submit={{
        text: t(method === 'passkey' ? 'passkeyConfirm' : 'confirm'),
        disabled: blocked || incomplete,
        onSubmit: () => void confirm(),
      }}
    >
      {(method === 'totp' || method === 'email') && (
        <CodeField label={t('code')} length={codeLengths[method]} value={code} onChange={setCode} problem={problem} inputRef={field} />
      )}
      {method === 'recovery' && (
        <Input
          ref={field}
          label={t('recoveryCode')}
          value={code}
          autoCapitalize="off"
          onChange={(event) => setCode(event.target.value)}
          problem={problem}
        />
      )}
      {method === 'passkey' && problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      {method === 'email' && (
        <div className="row sm" style={{ marginTop: 8, minHeight: 24 }}>
          {resend > 0 ? (
            <span className="t3 num">{t('resendIn', { clock: clockOf(resend) })}</span>
          ) : (
            <LinkButton className="sm" onClick={() => void mail()} disabled={blocked}>
              {t('resend')}
            </LinkButton>
          )}
        </div>
      )}
      {need.trustDays !== null && (
        <div style={{ marginTop: 14 }}>
          <Checkbox checked={trust} onChange={setTrust}>
            {t('trustDevice', { count: need.trustDays })}
          </Checkbox>
        </div>
      )}
    </LoginPanel>
  );
}
