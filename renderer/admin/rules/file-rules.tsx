import { useTranslation } from 'react-i18next';
import { BlockedExtensions } from './extension-editor.tsx';
import { RuleNumber } from './rule-number.tsx';
import { RuleSelect, RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import { RulesPage } from './rules-page.tsx';

const megabyte = 1_048_576;
const gigabyte = 1_073_741_824;
/** FIL-09. */
const talkLimits = [1, 5, 10, 20, 50, 100, 500, 1_024, 2_048].map((megabytes) => megabytes * megabyte);

/** Which files may go in and out (FIL-01 to FIL-11). */
export function FileRulesScreen() {
  const { t } = useTranslation('fileRules');
  return (
    <RulesPage title={t('title')} sections={['blockedExtensions', 'talkFileLimitBytes', 'files']}>
      {(rules, onFault) => (
        <>
          <RuleSection title={t('extensions')} note={t('extensionsNote')} affected="blockedExtensions">
            <BlockedExtensions rules={rules} service="talk" />
            <BlockedExtensions rules={rules} service="drive" />
          </RuleSection>
          <RuleSection title={t('sizes')} affected="talkFileLimitBytes">
            <RuleSelect rules={rules} path="talkFileLimitBytes" values={talkLimits} />
            <RuleNumber
              rules={rules}
              path="files.driveLimitBytes"
              from={1}
              to={10_000}
              unit={t('gigabytes')}
              divisor={gigabyte}
              onFault={onFault}
            />
          </RuleSection>
          <RuleSection title={t('content')} affected="files">
            <RuleSwitch rules={rules} path="files.inspectContent" />
            <RuleSelect rules={rules} path="files.unreadableArchives" values={['allow', 'block']} />
            <RuleSelect rules={rules} path="files.scannerDown" values={['hold', 'allow']} />
          </RuleSection>
          <RuleSection title={t('external')}>
            <RuleSwitch rules={rules} path="files.externalRooms" />
          </RuleSection>
          <RuleSection title={t('log')} note={t('logNote')}>
            <RuleSwitch rules={rules} path="files.downloadLog" />
            {rules.shown.files.downloadLog && (
              <RuleNumber rules={rules} path="files.downloadLogDays" from={1} to={365} unit={t('days')} onFault={onFault} />
            )}
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}
