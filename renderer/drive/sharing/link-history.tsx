import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Link, LinkAccess } from '#shared/model/link.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMemberName } from '../use-names.ts';

const known = ['open', 'download', 'upload', 'refused'] as const;

/** DRV-14: who opened a link, when, from where, and what they did. */
export function LinkHistory({ link, onBack }: { link: Link; onBack: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const [older, setOlder] = useState<readonly LinkAccess[]>([]);
  const [isAll, setAll] = useState(false);
  const answer = useAnswer('link.accesses', { accountId, linkId: link.id });
  const first = answer.data?.accesses ?? [];
  const shown = [...first, ...older];
  const more = async () => {
    const before = shown.at(-1)?.id;
    if (before === undefined) return;
    const next = await workspace['link.accesses']({ accountId, linkId: link.id, before });
    setOlder([...older, ...next.accesses]);
    setAll(next.complete);
  };
  return (
    <div className="share-body">
      <div className="row">
        <IconButton small icon="back" label={t('links')} onClick={onBack} />
        <h3>{t('historyTitle')}</h3>
      </div>
      {answer.data === undefined && answer.error === null && <Skeleton rows={4} height={34} label={t('historyTitle')} />}
      {answer.error !== null && (
        <ErrorNote title={t('loadFailed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      )}
      {answer.data !== undefined && shown.length === 0 && <p className="sm t3">{t('historyNone')}</p>}
      <ul className="share-history">
        {shown.map((access) => (
          <Access key={access.id} access={access} />
        ))}
      </ul>
      {shown.length > 0 && !isAll && answer.data?.complete === false && (
        <Button size="small" onClick={() => void more()}>
          {t('historyMore')}
        </Button>
      )}
    </div>
  );
}

function Access({ access }: { access: LinkAccess }) {
  const { t } = useTranslation('sharing');
  const format = useFormat();
  const nameOf = useMemberName();
  const what = known.find((one) => one === access.what);
  return (
    <li>
      <span className="row sm">
        <span className="grow cut">{access.memberId === null ? (access.mail ?? t('someone')) : nameOf(access.memberId)}</span>
        <span className="num t3 nowrap">{format.stamp(access.at)}</span>
      </span>
      <span className="xs t3 cut">{format.facts([what === undefined ? access.what : t(`what_${what}`), access.name, access.address])}</span>
    </li>
  );
}
