import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { useAccount } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { Progress } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useDropZones } from './drop-zone.tsx';

interface SideFootProps {
  /** The drive in view. */
  space: Space | undefined;
  spaces: readonly Space[];
  isTrash: boolean;
  onPicked: () => void;
}

/** The trash of the drive in view with how long things stay in it (DRV-09), and how much of a drive is used (DRV-18). */
export function SideFoot({ space, spaces, isTrash, onPicked }: SideFootProps) {
  const { t } = useTranslation(['drive', 'explorer']);
  const router = useRouter();
  const format = useFormat();
  const { policy } = useAccount();
  const zoneOf = useDropZones();
  if (space === undefined) return null;
  const { id: spaceId, rootId, permission } = space;
  const zone = zoneOf('trash', { folderId: rootId, name: t('trash'), spaceId, permission, way: [], isTrash: true });
  const days = policy.drive.trashDays;
  const measured = space.quotaBytes === null ? (spaces.find(({ kind }) => kind === 'my') ?? space) : space;
  const { usedBytes, quotaBytes, name } = measured;
  return (
    <div className="side-foot">
      <div className={classNames('trash-line', isTrash && 'chosen', zone.className)} {...zone.handlers}>
        <button
          type="button"
          className="trash-button grow"
          aria-current={isTrash ? 'page' : undefined}
          onClick={() => {
            router.go(pathOf('drive', 'trash', space.id));
            onPicked();
          }}
        >
          <Icon name="trash" size={16} className="t2" />
          {t('trash')}
        </button>
        {days > 0 && <span className="xs t3">{t('explorer:goneAfter', { count: days })}</span>}
      </div>
      {usedBytes !== null && (
        <div className="used">
          <span className="row xs t3 num">
            <span className="grow cut">{t('explorer:used', { space: name, size: format.size(usedBytes) })}</span>
            {quotaBytes !== null && <span>{t('explorer:ofQuota', { size: format.size(quotaBytes) })}</span>}
          </span>
          {quotaBytes !== null && <Progress done={usedBytes} total={quotaBytes} label={t('explorer:usedLabel', { space: name })} />}
        </div>
      )}
    </div>
  );
}
