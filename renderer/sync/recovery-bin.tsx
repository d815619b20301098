import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Empty, Note } from '../ui/note.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFormat } from '../ui/use-format.ts';
import { splitPath } from './issues.ts';

/** More than these are counted, not drawn. */
const mostShown = 500;

interface RecoveryBinProps {
  rootId: string;
  ask: (what: Promise<unknown> | undefined) => void;
}

/** What sync took away or replaced on this PC: kept for a while, put back without overwriting anything. */
export function RecoveryBin({ rootId, ask }: RecoveryBinProps) {
  const { t } = useTranslation(['sync', 'ui']);
  const { sync } = useHost();
  const toast = useToast();
  const format = useFormat();
  const { data } = useAnswer('sync.recovered', { rootId });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [discarding, setDiscarding] = useState(false);
  if (data === undefined) return null;
  if (data.items.length === 0)
    return (
      <Empty icon="history" title={t('recoveryNone')}>
        {t('recoveryNoneMore')}
      </Empty>
    );
  const shown = data.items.slice(0, mostShown);
  const ids = data.items.filter(({ itemId }) => chosen.has(itemId)).map(({ itemId }) => itemId);
  const toggle = (itemId: string) =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(itemId)) after.add(itemId);
      return after;
    });
  const restore = async (itemIds: string[]) => {
    const answer = await sync?.['sync.restore']({ rootId, itemIds });
    setChosen(new Set());
    toast({ text: t('restored', { count: answer?.paths.length ?? 0 }), icon: 'done' });
  };
  const discard = async () => {
    await sync?.['sync.discard']({ rootId, itemIds: ids });
    setChosen(new Set());
  };
  return (
    <section aria-label={t('recovery')}>
      <Note icon="info">{t('recoveryText', { size: format.size(data.totalBytes) })}</Note>
      <div className="row recovery-tools">
        <span className="sm t2 num grow">
          {ids.length === 0 ? t('recoveryCount', { count: data.items.length }) : t('chosen', { count: ids.length })}
        </span>
        <Button
          size="small"
          disabled={ids.length === 0}
          title={ids.length === 0 ? t('chooseFirst') : undefined}
          onClick={() => ask(restore(ids))}
        >
          {t('restore')}
        </Button>
        <Button
          size="small"
          disabled={ids.length === 0}
          title={ids.length === 0 ? t('chooseFirst') : undefined}
          onClick={() => setDiscarding(true)}
        >
          {t('discard')}
        </Button>
      </div>
      <table className="sync-table recovery" aria-label={t('recovery')}>
        <thead>
          <tr>
            <th scope="col">{t('name')}</th>
            <th scope="col">{t('recoveryWhy')}</th>
            <th scope="col">{t('recoveryKept')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {shown.map(({ itemId, path, sizeBytes, at, why, expiresAt }) => {
            const { name, folders } = splitPath(path);
            return (
              <tr key={itemId} className={chosen.has(itemId) ? 'chosen' : undefined}>
                <th scope="row" title={path}>
                  <label className="row">
                    <input
                      type="checkbox"
                      checked={chosen.has(itemId)}
                      aria-label={t('chooseFor', { name })}
                      onChange={() => toggle(itemId)}
                    />
                    <FileIcon small kind={fileKind(name)} />
                    <span className="col grow">
                      <span className="sync-name">
                        <FileName name={name} />
                      </span>
                      <span className="xs t3 cut">{format.facts([folders.join(' › '), format.size(sizeBytes)])}</span>
                    </span>
                  </label>
                </th>
                <td className="num">{format.facts([t(`recovered_${why}`), format.moment(at)])}</td>
                <td className="num">{t('recoveryUntil', { date: format.date(expiresAt) })}</td>
                <td className="end">
                  <Button look="quiet" size="small" aria-label={t('restoreFor', { name })} onClick={() => ask(restore([itemId]))}>
                    {t('restore')}
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {data.items.length > shown.length && <p className="sm t3 num">{t('queueMore', { count: data.items.length - shown.length })}</p>}
      <Dialog
        open={discarding}
        onClose={() => setDiscarding(false)}
        title={t('discardTitle', { count: ids.length })}
        footer={
          <>
            <Button onClick={() => setDiscarding(false)}>{t('ui:cancel')}</Button>
            <Button
              look="danger"
              onClick={() => {
                setDiscarding(false);
                ask(discard());
              }}
            >
              {t('discardDo')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('discardText')}</p>
      </Dialog>
    </section>
  );
}
