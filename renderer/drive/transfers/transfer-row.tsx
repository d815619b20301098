import { useTranslation } from 'react-i18next';
import type { Transfer } from '#shared/contract/workspace.ts';
import { useExplain } from '../../app/explain.ts';
import { useHost } from '../../app/host-context.tsx';
import { Progress } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { FileName } from '../../ui/file.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { timeLeft } from './transfer-summary.ts';

interface TransferRowProps {
  transfer: Transfer;
  onCancel: () => void;
  onPause: (paused: boolean) => void;
  onRetry: () => void;
  onReveal: () => void;
}

/** One upload or download: how far it is, or why it did not go, and what can be done about it. */
export function TransferRow({ transfer, onCancel, onPause, onRetry, onReveal }: TransferRowProps) {
  const { t } = useTranslation(['drive', 'transfers']);
  const { shell } = useHost();
  const { name, state, direction, revealable } = transfer;
  const stopped = state === 'refused' || state === 'failed';
  const waits = state === 'queued' || state === 'running';
  return (
    <li className={`transfer ${stopped ? 'stopped' : ''}`}>
      {stopped ? (
        <Icon name={state === 'refused' ? 'forbidden' : 'error'} size={16} className="danger" />
      ) : (
        <Icon
          name={state === 'done' ? 'done' : state === 'paused' ? 'pause' : direction === 'up' ? 'upload' : 'download'}
          size={16}
          className={state === 'done' ? 'positive' : state === 'paused' ? 't3' : 'accent'}
        />
      )}
      <span className="col grow">
        <span className="sm transfer-name">
          <FileName name={name} />
        </span>
        {stopped ? <WhyStopped transfer={transfer} /> : <HowFar transfer={transfer} />}
      </span>
      {state === 'done' && revealable && shell !== null && (
        <Button look="quiet" size="small" onClick={onReveal}>
          {t('reveal')}
        </Button>
      )}
      {(stopped || state === 'cancelled') && (
        <Button look="quiet" size="small" aria-label={t('retryTransfer', { name })} onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
      {waits && <IconButton small icon="pause" label={t('transfers:pauseOne', { name })} onClick={() => onPause(true)} />}
      {state === 'paused' && (
        <Button look="quiet" size="small" aria-label={t('transfers:resumeOne', { name })} onClick={() => onPause(false)}>
          {t('transfers:resume')}
        </Button>
      )}
      {(waits || state === 'paused') && <IconButton small icon="close" label={t('cancelTransfer', { name })} onClick={onCancel} />}
    </li>
  );
}

function HowFar({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation(['drive', 'transfers']);
  const explain = useExplain();
  const format = useFormat();
  const { name, state, direction, sizeBytes, doneBytes, bytesPerSecond } = transfer;
  if (state === 'done')
    return <span className="xs t3 num">{t(direction === 'up' ? 'added' : 'saved', { size: format.size(sizeBytes) })}</span>;
  if (state === 'cancelled') return <span className="xs t3">{t('cancelled')}</span>;
  if (state === 'queued' && transfer.reason !== null) return <span className="xs t3">{explain(transfer)}</span>;
  if (state === 'queued') return <span className="xs t3 num">{t('waitingSize', { size: format.size(sizeBytes) })}</span>;
  const left = timeLeft(transfer);
  if (state === 'paused')
    return <span className="xs t3 num">{format.facts([t('transfers:paused'), format.share(doneBytes, sizeBytes)])}</span>;
  const facts = [
    format.share(doneBytes, sizeBytes),
    ...(bytesPerSecond > 0 ? [format.rate(bytesPerSecond)] : []),
    ...(left === null ? [] : [format.timeLeft(left)]),
  ];
  return (
    <span className="row xs t3 how-far">
      <Progress done={doneBytes} total={sizeBytes} label={t(direction === 'up' ? 'uploading' : 'downloading', { name })} />
      <span className="num">{facts.join(t('dot'))}</span>
    </span>
  );
}

function WhyStopped({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation('drive');
  const explain = useExplain();
  const { code, reason, subject, direction } = transfer;
  const blockedDown = direction === 'down' && reason === 'extension_blocked';
  const why = blockedDown ? t('blockedDown', { extension: subject ?? '' }) : explain({ code, reason, subject, service: 'drive' });
  return (
    <span className="sm t2 phrase prose">
      {why}
      {direction === 'up' && reason !== 'file_missing' && t('keptHere')}
    </span>
  );
}
