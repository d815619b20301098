import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountSecurity } from '#shared/contract/account.ts';
import { CodeField, codeLengths } from '../app/account-code-field.tsx';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Input } from '../ui/input.tsx';
import { useAct } from './security-access.tsx';
import { Row } from './settings-row.tsx';

/** The registered address: codes and forgotten passwords go there, and nowhere else (ACC-11). */
export function EmailSettings({ email }: { email: AccountSecurity['email'] }) {
  const { t } = useTranslation('security');
  const [open, setOpen] = useState(false);
  const more = email.address === null ? t('emailNone') : t(email.verified ? 'emailVerified' : 'emailUnverified');
  return (
    <>
      <h2>{t('email')}</h2>
      <Row title={email.address ?? t('emailMissing')} more={more}>
        {({ id, labelledBy }) => (
          <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} onClick={() => setOpen(true)}>
            {t(email.address === null ? 'register' : email.verified ? 'change' : 'verify')}
          </Button>
        )}
      </Row>
      {open && <ChangeEmail before={email.verified ? '' : (email.address ?? '')} onClose={() => setOpen(false)} />}
    </>
  );
}

function ChangeEmail({ before, onClose }: { before: string; onClose: () => void }) {
  const { t } = useTranslation(['security', 'login', 'ui']);
  const host = useHost();
  const { accountId } = useAccount();
  const { act, busy, problem } = useAct();
  const [address, setAddress] = useState(before);
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [sent]);
  const isComplete = sent ? code.length === codeLengths.email : /^\S+@\S+\.\S+$/u.test(address.trim());

  const goOn = async () => {
    if (!isComplete) return;
    if (!sent) {
      if ((await act(() => host.workspace['security.setEmail']({ accountId, address: address.trim() }))) !== null) setSent(true);
      return;
    }
    if ((await act(() => host.workspace['security.confirmEmail']({ accountId, code }))) !== null) return onClose();
    setCode('');
    field.current?.focus();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('security:emailTitle')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={busy || !isComplete} onClick={() => void goOn()}>
            {t(sent ? 'security:verify' : 'login:forgotSend')}
          </Button>
        </>
      }
    >
      <p className="t2 prose" style={{ marginBottom: 12 }}>
        {sent ? t('security:emailSent', { address: address.trim() }) : t('security:emailLead')}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void goOn();
        }}
      >
        {sent ? (
          <CodeField
            length={codeLengths.email}
            label={t('login:code')}
            value={code}
            onChange={setCode}
            problem={problem}
            inputRef={field}
          />
        ) : (
          <Input
            ref={field}
            label={t('login:email')}
            type="email"
            value={address}
            autoComplete="email"
            problem={problem}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
      </form>
    </Dialog>
  );
}
