import { useTranslation } from 'react-i18next';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { useFormat } from '../ui/use-format.ts';
import { Fact } from './settings-row.tsx';

/** What runs here. */
export function VersionSettings() {
  const { t } = useTranslation('settings');
  const host = useHost();
  const format = useFormat();
  const info = useAnswer('workspace.info', {}).data;
  const shell = useAnswer('shell.info', {}).data;
  const { policyRevision } = useAccount();
  return (
    <>
      <h2>Hikyaku</h2>
      <Fact title={t('appVersion')} value={shell?.version ?? info?.version ?? ''} />
      {host.shell !== null && shell !== undefined && <Fact title={t('runtime')} value={format.facts([shell.runtime, shell.platform])} />}
      <Fact title={t('rules')} value={policyRevision} />
    </>
  );
}
