import { useTranslation } from 'react-i18next';
import { LinkScope } from '#shared/model/rules-drive.ts';
import { Checkbox } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { valueAt } from './draft.ts';
import { ExtensionEditor } from './extension-editor.tsx';
import { QuotaExceptions } from './quota-exceptions.tsx';
import { RuleNumber } from './rule-number.tsx';
import { RuleRow, RuleSelect, RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';
import { SizeLimit } from './size-limit.tsx';

type OnFault = (field: string, faulty: boolean) => void;

/** What drives hold and for how long, and who may open links (DRV-04, DRV-09 to DRV-15, DRV-18). */
export function DriveRulesScreen() {
  const { t } = useTranslation('drives');
  return (
    <RulesPage title={t('rulesTitle')} sections={['drive', 'links']}>
      {(rules, onFault) => (
        <>
          <RuleSection title={t('myDrives')}>
            <RuleSwitch rules={rules} path="drive.myDrive" />
            {rules.inForce.drive.myDrive && !rules.shown.drive.myDrive && (
              <Note icon="warning" tone="caution">
                {t('myDriveOffWarning')}
              </Note>
            )}
            <Quota rules={rules} path="drive.myDriveQuotaBytes" onFault={onFault} />
            <QuotaExceptions rules={rules} onFault={onFault} />
          </RuleSection>
          <RuleSection title={t('sharedDrives')}>
            <RuleSelect rules={rules} path="drive.createSharedDrives" values={['administrators', 'members']} />
            <Quota rules={rules} path="drive.sharedDriveQuotaBytes" onFault={onFault} />
          </RuleSection>
          <RuleSection title={t('keeping')}>
            <RuleSelect rules={rules} path="drive.trashDays" values={[0, 5, 15, 30, 50]} />
            <RuleSelect rules={rules} path="drive.versionsOf" values={['all', 'listed']} />
            {rules.shown.drive.versionsOf === 'listed' && (
              <ExtensionEditor rules={rules} path="drive.versionExtensions" label={t('addVersionExtensions')} />
            )}
            <RuleSelect rules={rules} path="drive.versionMonths" values={[0, 1, 3, 6, 12]} />
            <RuleNumber rules={rules} path="drive.lockHours" from={1} to={72} unit={t('hours')} onFault={onFault} />
          </RuleSection>
          <RuleSection title={t('links')} note={t('linksNote')}>
            <RuleSwitch rules={rules} path="links.enabled" />
            {rules.inForce.links.enabled && !rules.shown.links.enabled && (
              <Note icon="warning" tone="caution">
                {t('linksOffWarning')}
              </Note>
            )}
            {rules.shown.links.enabled && (
              <>
                <RuleSelect rules={rules} path="links.mostDays" values={[0, 7, 30, 90, 180]} />
                <Scopes rules={rules} path="links.sharedScopes" />
                <Scopes rules={rules} path="links.myScopes" />
                <Scopes rules={rules} path="links.roomScopes" />
              </>
            )}
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}

function Quota({
  rules,
  path,
  onFault,
}: {
  rules: Rules;
  path: 'drive.myDriveQuotaBytes' | 'drive.sharedDriveQuotaBytes';
  onFault: OnFault;
}) {
  const { t } = useTranslation(['ruleNames', 'drives']);
  return (
    <RuleRow rules={rules} path={path}>
      {({ id, describedBy }) => (
        <SizeLimit
          id={id}
          describedBy={describedBy}
          label={t(path === 'drive.myDriveQuotaBytes' ? 'drive_myDriveQuotaBytes' : 'drive_sharedDriveQuotaBytes')}
          value={valueAt(rules.shown, path)}
          none={t('of_unlimited')}
          onChange={(bytes) => rules.change(path, bytes)}
          onFault={(faulty) => onFault(path, faulty)}
        />
      )}
    </RuleRow>
  );
}

/** DRV-13: any mix of the kinds of links. */
function Scopes({ rules, path }: { rules: Rules; path: 'links.sharedScopes' | 'links.myScopes' | 'links.roomScopes' }) {
  const { t } = useTranslation('ruleNames');
  const chosen = valueAt(rules.shown, path);
  return (
    <RuleRow rules={rules} path={path} wide>
      {({ labelledBy }) => (
        <div role="group" aria-labelledby={labelledBy} className="choices">
          {LinkScope.options.map((scope) => (
            <Checkbox
              key={scope}
              checked={chosen.includes(scope)}
              onChange={(on) =>
                rules.change(
                  path,
                  LinkScope.options.filter((one) => (one === scope ? on : chosen.includes(one))),
                )
              }
            >
              {t(`of_${scope}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </RuleRow>
  );
}
