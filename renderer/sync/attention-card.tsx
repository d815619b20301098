import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FileName } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { answerableGuard, splitPath } from './issues.ts';
import { useIssueTexts } from './reason-text.ts';

/** Two people saved the same file: both names, and the way to both files. */
export function ConflictCard({ issue, onShow }: { issue: SyncIssue; onShow: (path: string) => void }) {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const { name, folders } = splitPath(issue.path);
  const side = (title: string, path: string) => (
    <div className="conflict-side">
      <b className="sm">{title}</b>
      <span className="sm conflict-name selectable">
        <FileName name={splitPath(path).name} />
      </span>
      <Button size="small" aria-label={`${t('showFile')}（${splitPath(path).name}）`} onClick={() => onShow(path)}>
        {t('showFile')}
      </Button>
    </div>
  );
  return (
    <article className="sync-card" aria-label={name}>
      <div className="sync-card-head">
        <Icon name="both" size={18} className="caution" />
        <span className="col grow">
          <span className="row">
            <b className="cut">{name}</b>
            <span className="t3 sm cut">{folders.join(' › ')}</span>
          </span>
          <span className="sm t2">{t('conflict')}</span>
        </span>
        <span className="xs t3 num nowrap">{format.moment(issue.at)}</span>
      </div>
      {issue.otherPath !== null && (
        <div className="conflict-sides">
          {side(t('serverVersion'), issue.path)}
          {side(t('localVersion'), issue.otherPath)}
        </div>
      )}
      <div className="sync-card-foot sm t2 phrase prose">{t('conflictHint')}</div>
    </article>
  );
}

interface GuardCardProps {
  issue: SyncIssue;
  onAnswer: (answer: 'proceed' | 'restore') => void;
}

/** What sync held back or why it stands still; what deletes is asked for again. */
export function GuardCard({ issue, onAnswer }: GuardCardProps) {
  const { t } = useTranslation(['sync', 'ui']);
  const { guard } = useIssueTexts();
  const [asking, setAsking] = useState(false);
  const { title, more } = guard(issue);
  const question = answerableGuard(issue);
  return (
    <article className="sync-card guard" aria-label={title}>
      <Icon name={question !== null ? 'trash' : 'warning'} size={18} className="caution" />
      <span className="col grow">
        <b>{title}</b>
        <span className="sm t2 phrase prose">{more}</span>
      </span>
      {question !== null && (
        <span className="row guard-answers">
          <Button size="small" onClick={() => onAnswer('restore')}>
            {t(`restore_${question}`)}
          </Button>
          <Button size="small" onClick={() => setAsking(true)}>
            {t(`delete_${question}`)}
          </Button>
        </span>
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t(`confirm_${question ?? 'mass_delete'}`)}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t('ui:cancel')}</Button>
            <Button
              look="danger"
              onClick={() => {
                setAsking(false);
                onAnswer('proceed');
              }}
            >
              {t('confirmDo')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('confirmText')}</p>
      </Dialog>
    </article>
  );
}
