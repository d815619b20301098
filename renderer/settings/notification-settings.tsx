import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useSettings } from '../app/settings-source.ts';
import { Button } from '../ui/button.tsx';
import { Row, SwitchSetting } from './settings-row.tsx';

/** Whether, and with how much, the OS tells of new messages. */
export function NotificationSettings() {
  const { t } = useTranslation('settings');
  const host = useHost();
  const explain = useExplain();
  const settings = useSettings(useAccount().accountId);
  const [outcome, setOutcome] = useState<string | undefined>(undefined);
  const test = () => {
    host.shell?.['shell.testNotification']({}).then(
      ({ supported }) => setOutcome(t(supported ? 'testSent' : 'testUnsupported')),
      (error: unknown) => setOutcome(explain(problemOf(error))),
    );
  };
  return (
    <>
      <h2>{t('notifications')}</h2>
      <SwitchSetting settings={settings} name="notifications" title={t('notificationsOn')} more={t('notificationsMore')} />
      <SwitchSetting settings={settings} name="notificationPreview" title={t('preview')} more={t('previewMore')} />
      <Row title={t('test')} more={outcome}>
        {({ id, labelledBy }) => (
          <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} onClick={test}>
            {t('testButton')}
          </Button>
        )}
      </Row>
    </>
  );
}
