import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountSecurity } from '#shared/contract/account.ts';
import { NewPassword, clearNewPassword, readNewPassword, useNewPasswordFields } from '../app/account-new-password.tsx';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { ActProblem, useAct } from './security-access.tsx';
import { Row } from './settings-row.tsx';

/** One's password: when it was changed, until when it is good, and another one. */
export function PasswordSettings({ password }: { password: AccountSecurity['password'] }) {
  const { t } = useTranslation('security');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const more = format.facts([
    password.changedAt === null ? null : t('passwordChanged', { date: format.date(password.changedAt) }),
    password.expiresAt === null ? null : t('passwordExpires', { date: format.date(password.expiresAt) }),
    password.changeRequested ? t('passwordChangeRequested') : null,
  ]);
  return (
    <>
      <h2>{t('password')}</h2>
      <Row title={t('password')} more={password.set ? more : t('passwordNone')}>
        {({ id, labelledBy }) =>
          password.set && (
            <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} onClick={() => setOpen(true)}>
              {t('change')}
            </Button>
          )
        }
      </Row>
      {open && <ChangePassword rules={password.rules} onClose={() => setOpen(false)} />}
    </>
  );
}

function ChangePassword({ rules, onClose }: { rules: AccountSecurity['password']['rules']; onClose: () => void }) {
  const { t } = useTranslation(['security', 'login', 'ui']);
  const host = useHost();
  const { accountId, member } = useAccount();
  const { act, busy, problem, setProblem } = useAct();
  const current = useRef<HTMLInputElement>(null);
  const fields = useNewPasswordFields();
  const [ended, setEnded] = useState<number | null>(null);

  const save = async () => {
    const old = current.current?.value ?? '';
    const read = readNewPassword(fields);
    if (old === '') return setProblem(t('security:currentMissing'));
    if ('problem' in read) return setProblem(t(read.problem === 'empty' ? 'login:newPasswordEmpty' : 'login:newPasswordDiffers'));
    const answer = await act(() => host.workspace['security.changePassword']({ accountId, current: old, password: read.password }));
    if (answer === null) return current.current?.focus();
    if (current.current !== null) current.current.value = '';
    clearNewPassword(fields);
    return setEnded(answer.ended);
  };
  if (ended !== null) {
    return (
      <Dialog open onClose={onClose} title={t('security:passwordDone')} footer={<Button onClick={onClose}>{t('ui:close')}</Button>}>
        <Note icon="done" tone="positive">
          {ended === 0 ? t('security:passwordDoneAlone') : t('security:passwordDoneOthers', { count: ended })}
        </Note>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('security:changePassword')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={busy} onClick={() => void save()}>
            {t('login:newPasswordSave')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Input ref={current} label={t('security:currentPassword')} type="password" autoComplete="current-password" autoFocus />
        <NewPassword fields={fields} rules={rules} memberId={member.memberId} />
        {/* Enter in any of the fields saves. */}
        <button type="submit" hidden />
      </form>
      <p className="sm t3 prose" style={{ marginTop: 10 }}>
        {t('security:passwordEndsOthers')}
      </p>
      <ActProblem>{problem}</ActProblem>
    </Dialog>
  );
}
