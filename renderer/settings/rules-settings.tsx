import { useTranslation } from 'react-i18next';
import { useAccount } from '../app/host-context.tsx';
import { RuleNote } from '../ui/note.tsx';
import { useFormat, useLanguage } from '../ui/use-format.ts';
import { Fact } from './settings-row.tsx';

/** The company's rules that are in force for this account, in plain words. */
export function RulesSettings() {
  const { t } = useTranslation('security');
  const format = useFormat();
  const language = useLanguage();
  const { policy, tenantName } = useAccount();
  const { network, blockedExtensions, idleLogout, files, password, twoStep, keepLogin, versions, contact } = policy;
  const span = (minutes: number): string => {
    if (minutes >= 1_440 && minutes % 1_440 === 0) return t('spanDays', { count: minutes / 1_440 });
    return minutes % 60 === 0 ? t('spanHours', { count: minutes / 60 }) : t('spanMinutes', { count: minutes });
  };
  const idle = (minutes: number | null): string => (minutes === null ? t('ruleNone') : t('idleAfter', { span: span(minutes) }));
  const extensions = (list: readonly string[]): string => (list.length === 0 ? t('ruleNone') : list.join(language === 'ja' ? '、' : ', '));
  const where =
    network.mode === 'designated'
      ? t('networkDesignated')
      : network.limitCountries
        ? t(network.outside === 'block' ? 'countriesBlocked' : 'countriesVerified')
        : t('networkAll');
  const oldest = policy.minimumVersion !== null ? t('versionFrom', { version: policy.minimumVersion }) : t('ruleNone');
  return (
    <>
      <p className="setting-row sm t2 prose">{t('rulesLead', { tenant: tenantName })}</p>
      <h2>{t('rulesWhere')}</h2>
      <Fact title={t('ruleNetwork')} value={where} />
      <Fact title={t('ruleVersions')} value={versions.supported === 'three_majors' ? format.facts([oldest, t('versionThree')]) : oldest} />
      <h2>{t('rulesLogin')}</h2>
      <Fact title={t('ruleTwoStep')} value={t(twoStep.required ? 'twoStepForAll' : 'twoStepChoice')} />
      <Fact
        title={t('rulePassword')}
        value={format.facts([
          t('passwordLength', { count: password.minimumLength }),
          t(password.format === 'letters_digits' ? 'passwordLettersDigits' : 'passwordSpecial'),
          password.expiryDays === null ? null : t('passwordEvery', { count: password.expiryDays }),
        ])}
      />
      <Fact title={t('ruleKeepApp')} value={t(keepLogin.pcApp ? 'permitted' : 'forbidden')} />
      <Fact title={t('ruleKeepExplorer')} value={t(keepLogin.driveExplorer ? 'permitted' : 'forbidden')} />
      <Fact title={t('ruleIdleApp')} value={idle(idleLogout.pcAppMinutes)} />
      <Fact title={t('ruleIdleBrowser')} value={idle(idleLogout.browserMinutes)} />
      <Fact title={t('ruleLease')} value={t('leaseSpan', { span: span(policy.offlineLeaseHours * 60) })} />
      <h2>{t('rulesFiles')}</h2>
      <Fact title={t('ruleTalkExtensions')} value={extensions(blockedExtensions.talk)} />
      <Fact title={t('ruleDriveExtensions')} value={extensions(blockedExtensions.drive)} />
      <Fact title={t('ruleTalkLimit')} value={t('upTo', { size: format.size(policy.talkFileLimitBytes) })} />
      <Fact title={t('ruleDriveLimit')} value={t('upTo', { size: format.size(files.driveLimitBytes) })} />
      <Fact title={t('ruleExternal')} value={t(files.externalRooms ? 'permitted' : 'forbidden')} />
      {files.downloadLog && <Fact title={t('ruleDownloadLog')} value={t('downloadLogOn')} />}
      <div style={{ marginTop: 12 }}>
        <RuleNote>{contact[language] === '' ? t('rulesDecided') : t('rulesContact', { contact: contact[language] })}</RuleNote>
      </div>
    </>
  );
}
