import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Button } from '../../ui/button.tsx';
import { FileName } from '../../ui/file.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';

type Edit = OutputOf<WorkspaceContract, 'drive.edits'>['edits'][number];

const icons: Readonly<Record<Edit['state'], IconName>> = {
  fetching: 'download',
  open: 'program',
  saving: 'upload',
  saved: 'done',
  failed: 'error',
  conflict: 'both',
};

/** Files that are open in other programs, and what became of what was saved there; nothing while there are none. */
export function EditsPanel({ onProblem }: { onProblem: (text: string) => void }) {
  const { t } = useTranslation('transfers');
  const { workspace, shell } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const { data } = useAnswer('drive.edits', shell === null ? null : { accountId });
  const edits = data?.edits ?? [];
  if (edits.length === 0) return null;
  const close = (id: string) =>
    void workspace['drive.closeEdit']({ accountId, id }).catch((error: unknown) => onProblem(explain(problemOf(error))));
  return (
    <section className="transfers" aria-label={t('edits')}>
      <div className="transfers-head">
        <h2 className="grow">{t('edits')}</h2>
      </div>
      <ul className="transfer-list" tabIndex={0} aria-label={t('edits')}>
        {edits.map((edit) => (
          <EditRow key={edit.id} edit={edit} onClose={() => close(edit.id)} />
        ))}
      </ul>
    </section>
  );
}

function EditRow({ edit, onClose }: { edit: Edit; onClose: () => void }) {
  const { t } = useTranslation('transfers');
  const explain = useExplain();
  const { name, state, reason, subject } = edit;
  const why = state === 'failed' ? explain({ code: null, reason, subject, service: 'drive' }) : '';
  const tone = state === 'failed' ? 'danger' : state === 'saved' ? 'positive' : state === 'conflict' ? 'caution' : 'accent';
  return (
    <li className={`transfer ${state === 'failed' || state === 'conflict' ? 'stopped' : ''}`}>
      <Icon name={icons[state]} size={16} className={tone} />
      <span className="col grow">
        <span className="sm transfer-name">
          <FileName name={name} />
        </span>
        <span className="xs t3 prose" aria-live="polite">
          {t(`edit_${state}`, { why })}
        </span>
      </span>
      {state !== 'fetching' && state !== 'saving' && (
        <Button look="quiet" size="small" aria-label={t('closeEdit', { name })} onClick={onClose}>
          {t('finish')}
        </Button>
      )}
    </li>
  );
}
