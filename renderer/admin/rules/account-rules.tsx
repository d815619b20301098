import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FolderFate, idleMinutes, SecondFactor } from '#shared/model/rules-account.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMay } from '../app/identity.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { RuleNumber, RuleSlider } from './rule-number.tsx';
import { RuleRow, RuleSelect, RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';

const sections = ['password', 'twoStep', 'keepLogin', 'idleLogout', 'notices', 'offlineLeaseHours', 'syncedFolders'];
const leases = [1, 4, 8, 12, 24, 72, 168, 336, 720] as const;

/** Passwords, second steps, how long a login lasts, and what stays on PCs (sections 1.1 to 1.4 of the catalogue). */
export function AccountRulesScreen() {
  const { t } = useTranslation('rules');
  const own = <Chip>{t('extension')}</Chip>;
  return (
    <RulesPage title={t('securityTitle')} sections={sections}>
      {(rules, onFault) => (
        <>
          <RuleSection title={t('passwords')} note={t('passwordsNote')} affected="password">
            <RuleSelect rules={rules} path="password.format" values={['letters_digits', 'letters_digits_special']} />
            <RuleSlider rules={rules} path="password.minimumLength" from={8} to={20} />
            <RuleSwitch rules={rules} path="password.longAllowed" />
            <RuleSelect rules={rules} path="password.expiryDays" values={[null, 30, 60, 90, 180, 365]} />
            <RuleSelect rules={rules} path="password.reuseBan" values={[0, 1, 2, 3, 4, 5]} />
            <RuleSelect rules={rules} path="password.lockoutFailures" values={[null, 3, 4, 5, 6, 7, 8, 9, 10]} />
            <RuleSwitch rules={rules} path="password.recoveryByEmail" />
            <ResetAll />
          </RuleSection>
          <RuleSection title={t('twoStep')} affected="twoStep">
            <RuleSelect rules={rules} path="twoStep.required" values={[false, true]} />
            <Methods rules={rules} />
            <RuleSwitch rules={rules} path="twoStep.trustDevices" />
            {rules.shown.twoStep.trustDevices && (
              <RuleNumber rules={rules} path="twoStep.trustDays" from={1} to={365} unit={t('days')} onFault={onFault} />
            )}
          </RuleSection>
          <RuleSection title={t('keepLogin')} affected="keepLogin">
            <RuleSwitch rules={rules} path="keepLogin.pcApp" />
            <RuleSwitch rules={rules} path="keepLogin.driveExplorer" />
          </RuleSection>
          <RuleSection title={t('idle')} note={t('idleDraft')} affected="idleLogout">
            <RuleSelect rules={rules} path="idleLogout.browserMinutes" values={[null, ...idleMinutes]} />
            <RuleSelect rules={rules} path="idleLogout.pcAppMinutes" values={[null, ...idleMinutes]} mark={own} />
          </RuleSection>
          <RuleSection title={t('device')} affected="notices">
            <RuleSwitch rules={rules} path="notices.newDevice" />
            <RuleSelect rules={rules} path="offlineLeaseHours" values={leases} />
          </RuleSection>
          <RuleSection title={t('folders')} note={t('foldersNote')} affected="syncedFolders">
            {(['logout', 'block', 'wipe', 'leave'] as const).map((occasion) => (
              <RuleSelect key={occasion} rules={rules} path={`syncedFolders.${occasion}`} values={FolderFate.options} />
            ))}
            {(['logout', 'block'] as const).some((occasion) => rules.shown.syncedFolders[occasion] === 'erase') && (
              <Note icon="warning" tone="caution">
                {t('eraseWarning')}
              </Note>
            )}
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}

/** ACC-20: which second steps there are; the last one cannot be taken away. */
function Methods({ rules }: { rules: Rules }) {
  const { t } = useTranslation('ruleNames');
  const { t: rule } = useTranslation('rules');
  const chosen = rules.shown.twoStep.methods;
  return (
    <RuleRow rules={rules} path="twoStep.methods" wide>
      {({ labelledBy }) => (
        <div role="group" aria-labelledby={labelledBy} className="choices">
          {SecondFactor.options.map((method) => (
            <Checkbox
              key={method}
              checked={chosen.includes(method)}
              rule={chosen.length === 1 && chosen[0] === method ? rule('twoStepMethodNeeded') : null}
              onChange={(on) =>
                rules.change(
                  'twoStep.methods',
                  SecondFactor.options.filter((one) => (one === method ? on : chosen.includes(one))),
                )
              }
            >
              {t(`of_${method}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </RuleRow>
  );
}

/** ACC-07. */
function ResetAll() {
  const { t } = useTranslation('rules');
  const { t: ui } = useTranslation('ui');
  const format = useFormat();
  const toast = useToast();
  const may = useMay();
  const { run, busy, problem } = useAct('member.resetAllPasswords');
  const [open, setOpen] = useState(false);
  const affected = useAnswer('policy.affected', {}).data;
  const reset = async () => {
    const done = await run({});
    if (done === null) return;
    setOpen(false);
    const facts = [
      t('resetAllDone', { count: done.reset }),
      t('resetAllExcluded', { count: done.excluded }),
      t('resetAllEnded', { count: done.ended }),
    ];
    toast({ text: format.facts(facts), icon: 'done', milliseconds: 20_000 });
  };
  if (!may('security_account')) return null;
  return (
    <div className="rule-row">
      <div className="col grow">
        <span>{t('resetAll')}</span>
        <span className="sm t3 prose">{t('resetAllText')}</span>
      </div>
      <div className="rule-control">
        <Button onClick={() => setOpen(true)}>{t('resetAllButton')}</Button>
      </div>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t('resetAll')}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{ui('cancel')}</Button>
            <Button look="danger" disabled={busy} onClick={() => void reset()}>
              {t('resetAll')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('resetAllText')}</p>
        <p className="prose">{t('resetAllSure', { count: affected?.members ?? 0 })}</p>
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        )}
      </Dialog>
    </div>
  );
}
