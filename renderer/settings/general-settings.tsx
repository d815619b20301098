import { useTranslation } from 'react-i18next';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useSettings } from '../app/settings-source.ts';
import { ChoiceSetting, SwitchSetting } from './settings-row.tsx';

const zooms = [80, 90, 100, 110, 125, 150, 175, 200];

/** Language, appearance, typing, and how the app starts and ends. */
export function GeneralSettings() {
  const { t } = useTranslation('settings');
  const host = useHost();
  const settings = useSettings(useAccount().accountId);
  const zoom = settings.get('zoomPercent');
  return (
    <>
      <h2>{t('appearance')}</h2>
      <ChoiceSetting
        settings={settings}
        name="language"
        title={t('language')}
        options={[
          { value: 'system', text: t('languageSystem') },
          { value: 'ja', text: '日本語' },
          { value: 'en', text: 'English' },
        ]}
      />
      <ChoiceSetting
        settings={settings}
        name="theme"
        title={t('theme')}
        options={[
          { value: 'system', text: t('themeSystem') },
          { value: 'light', text: t('themeLight') },
          { value: 'dark', text: t('themeDark') },
        ]}
      />
      <ChoiceSetting
        settings={settings}
        name="density"
        title={t('density')}
        options={[
          { value: 'comfortable', text: t('comfortable') },
          { value: 'compact', text: t('compact') },
        ]}
      />
      {host.shell !== null && (
        <ChoiceSetting
          settings={settings}
          name="zoomPercent"
          title={t('zoom')}
          more={t('zoomMore')}
          options={[...new Set([...zooms, zoom])].toSorted((a, b) => a - b).map((value) => ({ value, text: `${value}%` }))}
        />
      )}
      <h2>{t('typing')}</h2>
      <ChoiceSetting
        settings={settings}
        name="sendKey"
        title={t('sendKey')}
        more={t('sendKeyMore')}
        options={[
          ...(settings.get('sendKey') === null ? [{ value: null, text: t('sendAsk') }] : []),
          { value: 'enter', text: t('sendEnter') },
          { value: 'ctrl_enter', text: t('sendCtrlEnter') },
        ]}
      />
      {host.shell !== null && (
        <>
          <h2>{t('startAndExit')}</h2>
          <SwitchSetting settings={settings} name="autoStart" title={t('autoStart')} />
          <SwitchSetting settings={settings} name="closeToTray" title={t('closeToTray')} more={t('closeToTrayMore')} />
        </>
      )}
    </>
  );
}
