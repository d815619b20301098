import { useTranslation } from 'react-i18next';
import type { EffectiveSettings } from '../app/settings-source.ts';
import { Switch } from '../ui/input.tsx';
import { Row, useManagedNote, useSave } from './settings-row.tsx';

/** What is offered when somebody switches it on. */
const usual = '20:00-07:00';

/** EXP-17: the hours in which the limits do not count. */
export function FullSpeedHours({ settings }: { settings: EffectiveSettings }) {
  const { t } = useTranslation('settings');
  const save = useSave(settings);
  const locked = settings.locked('fullSpeedHours');
  const rule = useManagedNote()(locked);
  const value = settings.get('fullSpeedHours');
  const [from = '', until = ''] = value.split('-');
  const set = (next: string) => next !== '' && save('fullSpeedHours', next);
  return (
    <Row title={t('fullSpeedHours')} more={t('fullSpeedHoursMore')} rule={rule}>
      {({ id, describedBy }) => (
        <span className="row full-speed">
          {value !== '' && (
            <>
              <input
                type="time"
                className="field compact"
                aria-label={t('fullSpeedFrom')}
                value={from}
                disabled={locked}
                onChange={({ target }) => set(target.value && `${target.value}-${until}`)}
              />
              <span className="t3">–</span>
              <input
                type="time"
                className="field compact"
                aria-label={t('fullSpeedUntil')}
                value={until}
                disabled={locked}
                onChange={({ target }) => set(target.value && `${from}-${target.value}`)}
              />
            </>
          )}
          <Switch
            id={id}
            aria-describedby={describedBy}
            checked={value !== ''}
            disabled={locked}
            onChange={(checked) => save('fullSpeedHours', checked ? usual : '')}
          />
        </span>
      )}
    </Row>
  );
}
