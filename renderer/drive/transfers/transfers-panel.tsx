import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { TransferRow } from './transfer-row.tsx';
import { inOrder, summarise } from './transfer-summary.ts';
import { useRemembered } from '../../app/use-remembered.ts';

/** Everything that goes up or down, and what became of it; nothing while there is none. */
export function TransfersPanel({ onProblem }: { onProblem: (text: string) => void }) {
  const { t } = useTranslation(['drive', 'transfers']);
  const { workspace, shell } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const format = useFormat();
  const [folded, setFolded] = useRemembered('drive.transfers.folded', false);
  const { data } = useAnswer('transfer.list', { accountId });
  const transfers = useMemo(() => inOrder(data?.transfers ?? []), [data]);
  if (transfers.length === 0) return null;

  const { left, leftBytes, secondsLeft, refused, failed, over } = summarise(transfers);
  const moving = transfers.filter(({ state }) => state === 'queued' || state === 'running').length;
  const paused = transfers.filter(({ state }) => state === 'paused').length;
  const size = format.size(leftBytes);
  const head =
    left === 0
      ? t('allOver')
      : paused === left
        ? t('transfers:allPaused', { count: left, size })
        : secondsLeft === null
          ? t('left', { count: left, size })
          : t('leftTime', { count: left, size, time: format.timeLeft(secondsLeft) });
  const act = (ask: Promise<unknown> | undefined) => void ask?.catch((error: unknown) => onProblem(explain(problemOf(error))));
  return (
    <section className="transfers" aria-label={t('transfers')}>
      <div className="transfers-head">
        <h2>{t('transfers')}</h2>
        <span className="t2 sm num grow cut">{head}</span>
        {refused > 0 && (
          <Chip tone="danger" icon="forbidden">
            {t('refusedCount', { count: refused })}
          </Chip>
        )}
        {failed > 0 && (
          <Chip tone="danger" icon="error">
            {t('failedCount', { count: failed })}
          </Chip>
        )}
        {left > 1 && (
          <Button
            look="quiet"
            size="small"
            icon={moving > 0 ? 'pause' : 'sync'}
            onClick={() => act(workspace['transfer.pauseAll']({ accountId, paused: moving > 0 }))}
          >
            {t(moving > 0 ? 'transfers:pauseAll' : 'transfers:resumeAll')}
          </Button>
        )}
        {over > 0 && (
          <Button look="quiet" size="small" onClick={() => act(workspace['transfer.clear']({ accountId }))}>
            {t('clear')}
          </Button>
        )}
        <IconButton
          small
          icon={folded ? 'up' : 'down'}
          label={t(folded ? 'expand' : 'collapse')}
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        />
      </div>
      {!folded && (
        // A region that scrolls must be reachable by keyboard even when no row in it has a button.
        <ul className="transfer-list" tabIndex={0} aria-label={t('transfers')}>
          {transfers.slice(0, mostShown).map((transfer) => (
            <TransferRow
              key={transfer.id}
              transfer={transfer}
              onCancel={() => act(workspace['transfer.cancel']({ accountId, id: transfer.id }))}
              onPause={(stop) => act(workspace[stop ? 'transfer.pause' : 'transfer.resume']({ accountId, id: transfer.id }))}
              onRetry={() => act(workspace['transfer.retry']({ accountId, id: transfer.id }))}
              onReveal={() => act(shell?.['shell.reveal']({ transferId: transfer.id }))}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** More are counted in the head, not drawn: they would only make each progress step slow. */
const mostShown = 200;
