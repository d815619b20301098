import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity } from '#shared/contract/drive.ts';
import type { Node } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMemberName } from '../use-names.ts';

const simple = [
  'create',
  'update',
  'move',
  'copy',
  'delete',
  'purge',
  'restore',
  'lock',
  'unlock',
  'permissions',
  'link',
  'unlink',
  'upload_by_link',
] as const;

/** What happened to a file, or in a folder, the newest first (ADM-37). */
export function ActivityList({ node }: { node: Node }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const [older, setOlder] = useState<readonly Activity[]>([]);
  const [isAll, setAll] = useState(false);
  const answer = useAnswer('drive.activity', { accountId, nodeId: node.id, limit: 20 });
  if (answer.error !== null && answer.data === undefined) {
    return (
      <ErrorNote title={t('activityFailed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(answer.error))}
      </ErrorNote>
    );
  }
  const entries = [...(answer.data?.entries ?? []), ...older];
  const more = async () => {
    const before = entries.at(-1)?.id;
    if (before === undefined) return;
    const next = await workspace['drive.activity']({ accountId, nodeId: node.id, before, limit: 50 });
    setOlder([...older, ...next.entries]);
    setAll(next.complete);
  };
  return (
    <section className="details-part" aria-label={t('activity')}>
      <h2>{t('activity')}</h2>
      {answer.data !== undefined && entries.length === 0 && <p className="sm t3">{t('activityNone')}</p>}
      <ol className="activity">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} isOwn={entry.nodeId === node.id} />
        ))}
      </ol>
      {answer.data?.complete === false && !isAll && <LinkButton onClick={() => void more()}>{t('activityMore')}</LinkButton>}
    </section>
  );
}

function Entry({ entry, isOwn }: { entry: Activity; isOwn: boolean }) {
  const { t } = useTranslation('sharing');
  const format = useFormat();
  const nameOf = useMemberName();
  const before = entry.details['before'];
  const version = entry.details['version'];
  const known = simple.find((one) => one === entry.what);
  const what =
    entry.what === 'rename'
      ? typeof before === 'string'
        ? t('act_rename', { before })
        : t('act_rename_plain')
      : entry.what === 'restore_version'
        ? t('act_restore_version', { version: typeof version === 'number' ? version : '' })
        : t(`act_${known ?? 'other'}`);
  return (
    <li className="activity-entry">
      <span className="sm prose">
        <b>{nameOf(entry.memberId)}</b> <span className="t2">{what}</span>
      </span>
      <span className="xs t3 num cut">{format.facts([isOwn ? null : entry.name, format.stamp(entry.at)])}</span>
    </li>
  );
}
