import { useTranslation } from 'react-i18next';
import type { SettingValue } from '#shared/model/settings.ts';
import { useAccount } from '../app/host-context.tsx';
import { useSettings, type EffectiveSettings } from '../app/settings-source.ts';
import { useFormat } from '../ui/use-format.ts';
import { FullSpeedHours } from './full-speed-hours.tsx';
import { ChoiceSetting, SwitchSetting } from './settings-row.tsx';
import { SyncPcs } from './sync-pcs.tsx';

const rates = [0, 128, 256, 512, 1_024, 2_048, 5_120, 10_240, 20_480, 51_200];
const days = [0, 7, 14, 30, 60, 90];
const gibibytes = [0, 1, 2, 5, 10, 20, 50];

type NumberKey = 'uploadLimitKiB' | 'downloadLimitKiB' | 'freeAfterDays' | 'freeBelowGiB';

/** How fast sync may be and when, and when opened files become online-only again (EXP-07, EXP-17). */
export function SyncSettings() {
  const { t } = useTranslation('settings');
  const settings = useSettings(useAccount().accountId);
  const format = useFormat();
  const rate = (kibibytes: number) => (kibibytes === 0 ? t('noLimit') : format.rate(kibibytes * 1_024));
  return (
    <>
      <h2>{t('bandwidth')}</h2>
      <NumberChoice settings={settings} name="uploadLimitKiB" title={t('uploadLimit')} values={rates} text={rate} />
      <NumberChoice
        settings={settings}
        name="downloadLimitKiB"
        title={t('downloadLimit')}
        more={t('limitsMore')}
        values={rates}
        text={rate}
      />
      <FullSpeedHours settings={settings} />
      <SwitchSetting settings={settings} name="pauseOnMetered" title={t('pauseOnMetered')} more={t('pauseOnMeteredMore')} />
      <h2>{t('onlineOnly')}</h2>
      <NumberChoice
        settings={settings}
        name="freeAfterDays"
        title={t('freeAfterDays')}
        more={t('freeAfterDaysMore')}
        values={days}
        text={(count) => (count === 0 ? t('neverFree') : t('afterDays', { count }))}
      />
      <NumberChoice
        settings={settings}
        name="freeBelowGiB"
        title={t('freeBelowGiB')}
        values={gibibytes}
        text={(count) => (count === 0 ? t('neverFree') : t('belowSize', { size: format.size(count * 1_073_741_824) }))}
      />
      <SyncPcs />
    </>
  );
}

/** A number of a few; one that IT or a script chose is offered too. */
function NumberChoice<K extends NumberKey>({
  settings,
  name,
  values,
  text,
  ...rest
}: {
  settings: EffectiveSettings;
  name: K;
  title: string;
  more?: string;
  values: readonly number[];
  text: (value: number) => string;
}) {
  const all = [...new Set([...values, settings.get(name) as number])].toSorted((a, b) => a - b);
  return (
    <ChoiceSetting
      settings={settings}
      name={name}
      options={all.map((value) => ({ value: value as SettingValue<K>, text: text(value) }))}
      {...rest}
    />
  );
}
