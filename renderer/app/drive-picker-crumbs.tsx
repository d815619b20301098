import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import type { PickerPlace } from './use-picker-place.ts';

/** The way from all drives to the folder in view; each step leads back there. */
export function PickerCrumbs({ place: { folderId, way, go } }: { place: PickerPlace }) {
  const { t } = useTranslation(['drivePicker', 'drive']);
  return (
    <nav className="picker-crumbs" aria-label={t('drive:way')}>
      {folderId === null ? (
        <b aria-current="page">{t('allDrives')}</b>
      ) : (
        <LinkButton className="nowrap" onClick={() => go(null)}>
          {t('allDrives')}
        </LinkButton>
      )}
      {way.map(({ id, name }, index) => (
        <Fragment key={id}>
          <Icon name="forward" size={14} className="t3" />
          {index === way.length - 1 ? (
            <b className="cut" aria-current="page" title={name}>
              {name}
            </b>
          ) : (
            <LinkButton className="cut" title={name} onClick={() => go(id)}>
              {name}
            </LinkButton>
          )}
        </Fragment>
      ))}
    </nav>
  );
}
