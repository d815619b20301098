import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { Icon } from '../ui/icon.tsx';
import { useDropZones } from './drop-zone.tsx';
import type { WayStep } from '../app/drive-way.ts';

/** The way to the folder in view; its steps lead there and take what is dropped on them. */
export function Breadcrumbs({ space, way }: { space: Space; way: readonly WayStep[] }) {
  const { t } = useTranslation('drive');
  const router = useRouter();
  const zoneOf = useDropZones();
  const group = { shared: t('sharedSpaces'), my: t('mySpaces'), folder: t('sharedFolders'), room: t('roomSpaces') }[space.kind];
  const above = way.slice(0, -1);
  const here = way.at(-1);
  return (
    <nav className="crumbs" aria-label={t('way')}>
      {space.name !== group && (
        <>
          <span className="nowrap">{group}</span>
          <Icon name="forward" size={14} className="t3" />
        </>
      )}
      {above.map(({ id, name }, index) => {
        const target = {
          folderId: id,
          name,
          spaceId: space.id,
          permission: space.permission,
          way: way.slice(0, index + 1).map((step) => step.id),
        };
        const zone = zoneOf(`crumb-${id}`, target, () => router.go(pathOf('drive', id)));
        return (
          <Fragment key={id}>
            <button
              type="button"
              className={`crumb cut ${zone.className ?? ''}`}
              {...zone.handlers}
              title={name}
              onClick={() => router.go(pathOf('drive', id))}
            >
              {name}
            </button>
            <Icon name="forward" size={14} className="t3" />
          </Fragment>
        );
      })}
      <h1 className="cut" aria-current="page" title={here?.name}>
        {here?.name}
      </h1>
    </nav>
  );
}
