import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoginNeed } from '#shared/contract/login.ts';
import { Note } from '../ui/note.tsx';
import { NewPassword, clearNewPassword, readNewPassword, useNewPasswordFields } from './account-new-password.tsx';
import { useLoginAnswer, type LoginStepProps } from './login-answer.ts';
import { LoginPanel } from './login-panel.tsx';

const leads = { expired: 'passwordExpired', requested: 'passwordRequested', initial: 'passwordInitial', reset: 'passwordReset' } as const;

/** ACC-03, ACC-08, ACC-09, ACC-10: a new password before going on, with the reason why. */
export function LoginNewPassword(props: LoginStepProps<Extract<LoginNeed, { type: 'new_password' }>>) {
  const { need, member, onBack } = props;
  const { t } = useTranslation('login');
  const { send, blocked, problem, setProblem } = useLoginAnswer(props);
  const fields = useNewPasswordFields();
  const { first } = fields;
  useEffect(() => first.current?.focus(), [first]);
  const save = async () => {
    const read = readNewPassword(fields);
    if ('problem' in read) return setProblem(t(read.problem === 'empty' ? 'newPasswordEmpty' : 'newPasswordDiffers'));
    if (await send({ type: 'new_password', password: read.password })) clearNewPassword(fields);
    else first.current?.focus();
    return undefined;
  };
  return (
    <LoginPanel
      title={t('newPasswordTitle')}
      lead={t(leads[need.why])}
      onBack={onBack}
      submit={{ text: t('newPasswordSave'), disabled: blocked, onSubmit: () => void save() }}
    >
      <NewPassword fields={fields} rules={need.rules} memberId={idOf(member)} />
      {problem !== null && (
        <div style={{ marginTop: 12 }}>
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        </div>
      )}
    </LoginPanel>
  );
}

/** The member id without the company's name behind it. */
const idOf = (typed: string): string => typed.split('@')[0]!.toLowerCase();
