import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountSecurity } from '#shared/contract/account.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Switch } from '../ui/input.tsx';
import { ActProblem, useAct } from './security-access.tsx';
import { CodesDialog, TotpDialog, type TotpBegun } from './security-enrol.tsx';
import { PasskeyRows } from './security-passkeys.tsx';
import { Row } from './settings-row.tsx';

/** ACC-20: the second steps of one's own login, each with the rule that governs it. */
export function TwoStepSettings({ security }: { security: AccountSecurity }) {
  const { t } = useTranslation('security');
  const host = useHost();
  const { accountId } = useAccount();
  const { act, busy, problem } = useAct();
  const [begun, setBegun] = useState<TotpBegun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { twoStep, email } = security;
  const has = [twoStep.totp, twoStep.emailCode, twoStep.passkeys.length > 0].filter(Boolean).length;
  /** The last method cannot go where the rule wants one. */
  const lastOne = (on: boolean): string | null => (on && twoStep.required && has === 1 ? t('twoStepRequired') : null);
  const forbidden = (factor: 'totp' | 'email', on: boolean): string | null =>
    !on && !twoStep.allowed.includes(factor) ? t('methodForbidden') : null;

  const setTotp = async (on: boolean) => {
    if (!on) return void (await act(() => host.workspace['security.removeTotp']({ accountId })));
    return setBegun(await act(() => host.workspace['security.beginTotp']({ accountId })));
  };
  const setEmailCode = async (enabled: boolean) => {
    const answer = await act(() => host.workspace['security.setEmailCode']({ accountId, enabled }));
    if (answer !== null) setCodes(answer.recoveryCodes);
  };
  const renew = async () => {
    const answer = await act(() => host.workspace['security.renewRecoveryCodes']({ accountId }));
    if (answer !== null) setCodes(answer.recoveryCodes);
  };
  const totpRule = lastOne(twoStep.totp) ?? forbidden('totp', twoStep.totp);
  const noEmail = email.address === null || !email.verified;
  const emailRule = lastOne(twoStep.emailCode) ?? forbidden('email', twoStep.emailCode);
  return (
    <>
      <h2>{t('twoStep')}</h2>
      <p className="setting-row sm t2 prose">{t(twoStep.required ? 'twoStepMust' : twoStep.enabled ? 'twoStepOn' : 'twoStepOff')}</p>
      <Row title={t('totp')} more={t('totpMore')} rule={totpRule}>
        {({ id, describedBy }) => (
          <Switch
            id={id}
            aria-describedby={describedBy}
            checked={twoStep.totp}
            disabled={busy || totpRule !== null}
            onChange={(on) => void setTotp(on)}
          />
        )}
      </Row>
      <Row title={t('emailCode')} more={noEmail ? t('emailCodeNeeds') : t('emailCodeMore', { address: email.address })} rule={emailRule}>
        {({ id, describedBy }) => (
          <Switch
            id={id}
            aria-describedby={describedBy}
            checked={twoStep.emailCode}
            disabled={busy || emailRule !== null || (noEmail && !twoStep.emailCode)}
            onChange={(on) => void setEmailCode(on)}
          />
        )}
      </Row>
      <PasskeyRows security={security} act={act} busy={busy} last={lastOne(twoStep.passkeys.length === 1)} onCodes={setCodes} />
      {(twoStep.enabled || twoStep.recoveryCodesLeft > 0) && (
        <Row title={t('recoveryCodes')} more={t('recoveryCodesLeft', { count: twoStep.recoveryCodesLeft })}>
          {({ id, labelledBy }) => (
            <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} disabled={busy} onClick={() => void renew()}>
              {t('renew')}
            </Button>
          )}
        </Row>
      )}
      <ActProblem>{problem}</ActProblem>
      {begun !== null && (
        <TotpDialog
          begun={begun}
          onClose={() => setBegun(null)}
          onDone={(given) => {
            setBegun(null);
            setCodes(given);
          }}
        />
      )}
      {codes !== null && <CodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </>
  );
}
