import { useTranslation } from 'react-i18next';
import type { SyncTransfer } from '#shared/contract/sync-care.ts';
import { useAnswer, useHost } from '../app/host-context.tsx';
import { Progress } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { FileName } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { splitPath } from './issues.ts';
import { useIssueTexts } from './reason-text.ts';

interface TransferQueueProps {
  rootId: string;
  ask: (what: Promise<unknown> | undefined) => void;
}

/** What is on its way and what waits for its turn, in that order; anything can be put first (EXP-20). */
export function TransferQueue({ rootId, ask }: TransferQueueProps) {
  const { t } = useTranslation('sync');
  const { sync } = useHost();
  const { data } = useAnswer('sync.queue', { rootId });
  if (data === undefined) return null;
  if (data.items.length === 0)
    return (
      <Empty icon="done" title={t('queueNone')}>
        {t('queueNoneMore')}
      </Empty>
    );
  return (
    <section aria-label={t('queue')}>
      <ul className="sync-queue">
        {data.items.map((item) => (
          <QueueRow key={item.itemId} item={item} onFirst={() => ask(sync?.['sync.first']({ rootId, itemId: item.itemId }))} />
        ))}
      </ul>
      {data.total > data.items.length && <p className="sm t3 num">{t('queueMore', { count: data.total - data.items.length })}</p>}
    </section>
  );
}

function QueueRow({ item, onFirst }: { item: SyncTransfer; onFirst: () => void }) {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const { why } = useIssueTexts();
  const { name, folders } = splitPath(item.path);
  const label = t(item.way === 'up' ? 'sendingOf' : 'receivingOf', { name });
  return (
    <li title={item.path}>
      <Icon
        name={item.way === 'up' ? 'upload' : 'download'}
        size={16}
        className={item.state === 'running' ? 'accent' : 't3'}
        label={t(item.way === 'up' ? 'wayUp' : 'wayDown')}
      />
      <span className="col grow">
        <span className="row">
          <span className="sync-name">
            <FileName name={name} />
          </span>
          <span className="xs t3 cut">{folders.join(' › ')}</span>
        </span>
        {item.state === 'running' && (
          <span className="row xs t3 num sync-how-far">
            <Progress done={item.doneBytes} total={item.sizeBytes} label={label} />
            <span className="nowrap">{format.share(item.doneBytes, item.sizeBytes)}</span>
          </span>
        )}
        {item.state === 'waiting' && (
          <span className="xs t3 num">{format.facts([t(item.first ? 'queueFirst' : 'queueWaiting'), format.size(item.sizeBytes)])}</span>
        )}
        {item.state === 'retrying' && (
          <span className="xs caution num">
            {format.facts([
              item.reason === null ? t('queueRetrying') : why({ reason: item.reason, subject: null }),
              item.nextTryAt === null ? null : t('queueNextTry', { time: format.exact(item.nextTryAt) }),
            ])}
          </span>
        )}
      </span>
      {item.state !== 'running' && !item.first && (
        <Button look="quiet" size="small" aria-label={t('firstFor', { name })} onClick={onFirst}>
          {t('first')}
        </Button>
      )}
    </li>
  );
}
