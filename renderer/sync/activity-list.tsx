import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { SyncActivity } from '#shared/contract/sync.ts';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { useFormat } from '../ui/use-format.ts';
import { splitPath } from './issues.ts';

type Activity = z.infer<typeof SyncActivity>;
const mostShown = 100;

/** What sync did, the latest first. */
export function ActivityList({ activity }: { activity: readonly Activity[] }) {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const latest = activity.toSorted((a, b) => b.at - a.at).slice(0, mostShown);
  if (latest.length === 0) return <p className="sm t3">{t('noActivity')}</p>;
  return (
    <ul className="sync-activity" aria-label={t('activityTitle')}>
      {latest.map(({ path, action, at }, index) => (
        // The same file may come twice in one millisecond.
        <li key={`${at} ${path} ${index}`} title={path}>
          <FileIcon small kind={fileKind(splitPath(path).name)} />
          <span className="grow sync-name">
            <FileName name={splitPath(path).name} />
          </span>
          <span className="sm t2 nowrap">{t(action === 'conflict' ? 'conflicted' : action)}</span>
          <span className="sm t3 num nowrap">{format.moment(at)}</span>
        </li>
      ))}
    </ul>
  );
}
