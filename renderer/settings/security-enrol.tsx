import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeField, codeLengths } from '../app/account-code-field.tsx';
import { RecoveryCodes } from '../app/account-recovery-codes.tsx';
import { TotpSecret } from '../app/account-totp.tsx';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/input.tsx';
import { useAct } from './security-access.tsx';

export interface TotpBegun {
  readonly secret: string;
  readonly uri: string;
}

/** Sets up a TOTP program: its secret, and a first code as the proof that it works. */
export function TotpDialog({
  begun,
  onClose,
  onDone,
}: {
  begun: TotpBegun;
  onClose: () => void;
  onDone: (codes: readonly string[] | null) => void;
}) {
  const { t } = useTranslation(['security', 'login', 'ui']);
  const host = useHost();
  const { accountId } = useAccount();
  const { act, busy, problem } = useAct();
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const confirm = async () => {
    if (code.length < codeLengths.totp) return;
    const answer = await act(() => host.workspace['security.confirmTotp']({ accountId, code }));
    if (answer !== null) return onDone(answer.recoveryCodes);
    setCode('');
    field.current?.focus();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('security:totpTitle')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={busy || code.length < codeLengths.totp} onClick={() => void confirm()}>
            {t('security:turnOn')}
          </Button>
        </>
      }
    >
      <p className="t2 prose" style={{ marginBottom: 12 }}>
        {t('security:totpLead')}
      </p>
      <TotpSecret uri={begun.uri} secret={begun.secret} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <CodeField
          length={codeLengths.totp}
          label={t('login:enrolCode')}
          value={code}
          onChange={setCode}
          problem={problem}
          inputRef={field}
          autoFocus
        />
      </form>
    </Dialog>
  );
}

/** New recovery codes: they are shown once, so the dialog stays until the person says that they are kept. */
export function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('login');
  const { member } = useAccount();
  const [kept, setKept] = useState(false);
  return (
    <Dialog
      open
      onClose={() => kept && onClose()}
      title={t('codesTitle')}
      footer={
        <Button look="primary" disabled={!kept} onClick={onClose}>
          {t('goOn')}
        </Button>
      }
    >
      <p className="t2 prose" style={{ marginBottom: 12 }}>
        {t('codesLead')}
      </p>
      <RecoveryCodes codes={codes} member={member.memberId} />
      <div style={{ marginTop: 12 }}>
        <Checkbox checked={kept} onChange={setKept}>
          {t('codesKept')}
        </Checkbox>
      </div>
    </Dialog>
  );
}
