import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginNeed } from '#shared/contract/login.ts';
import { CodeField, codeLengths } from './account-code-field.tsx';
import { RecoveryCodes } from './account-recovery-codes.tsx';
import { TotpSecret } from './account-totp.tsx';
import { Checkbox } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { useLoginAnswer, type LoginStepProps } from './login-answer.ts';
import { LoginPanel } from './login-panel.tsx';

/** ACC-20: two-step verification is required and there is no method yet. */
export function LoginEnrol(props: LoginStepProps<Extract<LoginNeed, { type: 'enrol_totp' }>>) {
  const { need, onBack } = props;
  const { t } = useTranslation('login');
  const { send, blocked, problem } = useLoginAnswer(props);
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const confirm = async () => {
    if (await send({ type: 'enrol_totp', code })) return;
    setCode('');
    field.current?.focus();
  };
  return (
    <LoginPanel
      title={t('enrolTitle')}
      lead={t('enrolLead')}
      onBack={onBack}
      submit={{ text: t('confirm'), disabled: blocked || code.length < codeLengths.totp, onSubmit: () => void confirm() }}
    >
      <TotpSecret uri={need.uri} secret={need.secret} />
      <CodeField length={codeLengths.totp} label={t('enrolCode')} value={code} onChange={setCode} problem={problem} inputRef={field} />
    </LoginPanel>
  );
}

/** The recovery codes that the first method brought; there is no way back, they are shown only here. */
export function LoginRecoveryCodes(props: LoginStepProps<Extract<LoginNeed, { type: 'recovery_codes' }>>) {
  const { need, member } = props;
  const { t } = useTranslation('login');
  const { send, blocked, problem } = useLoginAnswer(props);
  const [kept, setKept] = useState(false);
  return (
    <LoginPanel
      title={t('codesTitle')}
      lead={t('codesLead')}
      submit={{ text: t('goOn'), disabled: blocked || !kept, onSubmit: () => void send({ type: 'recovery_codes_kept' }) }}
    >
      <RecoveryCodes codes={need.codes} member={member} />
      <div style={{ marginTop: 12 }}>
        <Checkbox checked={kept} onChange={setKept}>
          {t('codesKept')}
        </Checkbox>
      </div>
      {problem !== null && (
        <div style={{ marginTop: 10 }}>
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        </div>
      )}
    </LoginPanel>
  );
}
