import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { answerableGuard } from './issues.ts';
import { useIssueTexts } from './reason-text.ts';

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
      <Icon name={question !== null && question !== 'mass_rewrite' ? 'trash' : 'warning'} size={18} className="caution" />
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
              {t(question === 'mass_rewrite' ? 'confirmDo_mass_rewrite' : 'confirmDo')}
            </Button>
          </>
        }
      >
        <p className="prose">{t(question === 'mass_rewrite' ? 'confirmText_mass_rewrite' : 'confirmText')}</p>
      </Dialog>
    </article>
  );
}
