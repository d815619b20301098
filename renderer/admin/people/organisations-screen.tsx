import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Organisation } from '#shared/model/profile.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useToast } from '../../ui/toast.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { Bin } from './bin.tsx';
import { OrganisationForm } from './organisation-form.tsx';
import { OrganisationMove } from './organisation-move.tsx';
import { OrganisationTree } from './organisation-tree.tsx';

type Question =
  | { readonly kind: 'add'; readonly parent: Organisation | null }
  | { readonly kind: 'rename' | 'move'; readonly organisation: Organisation };

/** The tree of organisations, and what was deleted from it (ADM-05). */
export function OrganisationsScreen() {
  const { t } = useTranslation('people');
  const toast = useToast();
  const [view, setView] = useState<'now' | 'bin'>('now');
  const [question, setQuestion] = useState<Question | null>(null);
  const answer = useAnswer('organisation.list', {});
  const update = useAct('organisation.update');
  const remove = useAct('organisation.delete');
  const restore = useAct('organisation.restore');
  const close = () => setQuestion(null);
  const bringBack = async ({ id, name }: Organisation) => {
    if ((await restore.run({ id })) !== null) toast({ text: t('restored', { name }), icon: 'done' });
  };
  const take = async (organisation: Organisation) => {
    if ((await remove.run({ id: organisation.id })) === null) return;
    toast({
      text: t('deleted', { name: organisation.name }),
      icon: 'trash',
      action: { text: t('undo'), onPress: () => void bringBack(organisation) },
    });
  };
  const move = async (organisation: Organisation, parentId: string | null) => {
    const before = organisation.parentId;
    if ((await update.run({ id: organisation.id, parentId })) === null) return;
    toast({
      text: t('moved', { name: organisation.name }),
      icon: 'move',
      action: { text: t('undo'), onPress: () => void update.run({ id: organisation.id, parentId: before }) },
    });
  };
  const problem = remove.problem ?? update.problem ?? restore.problem;
  return (
    <Page
      title={t('organisations')}
      mark={
        <Segmented
          label={t('view')}
          value={view}
          options={[
            { value: 'now', text: t('viewNow') },
            { value: 'bin', text: t('viewBin') },
          ]}
          onChange={setView}
        />
      }
      actions={
        <Button look="primary" icon="plus" onClick={() => setQuestion({ kind: 'add', parent: null })}>
          {t('addTop')}
        </Button>
      }
    >
      {problem !== null && (
        <div className="page-note">
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        </div>
      )}
      {view === 'bin' ? (
        <OrganisationBin onRestore={(organisation) => void bringBack(organisation)} />
      ) : (
        <Answered answer={answer}>
          {({ organisations }) =>
            organisations.length === 0 ? (
              <Empty icon="organisation" title={t('noOrganisations')}>
                {t('noOrganisationsMore')}
              </Empty>
            ) : (
              <div className="page-scroll">
                <OrganisationTree
                  organisations={organisations}
                  onAdd={(parent) => setQuestion({ kind: 'add', parent })}
                  onRename={(organisation) => setQuestion({ kind: 'rename', organisation })}
                  onMove={(organisation) => setQuestion({ kind: 'move', organisation })}
                  onMoveTo={(organisation, parentId) => void move(organisation, parentId)}
                  onDelete={(organisation) => void take(organisation)}
                />
              </div>
            )
          }
        </Answered>
      )}
      {question?.kind === 'add' && <OrganisationForm organisation={null} parent={question.parent} onClose={close} />}
      {question?.kind === 'rename' && <OrganisationForm organisation={question.organisation} parent={null} onClose={close} />}
      {question?.kind === 'move' && (
        <OrganisationMove
          organisation={question.organisation}
          all={answer.data?.organisations ?? []}
          onClose={close}
          onMove={(parentId) => {
            close();
            void move(question.organisation, parentId);
          }}
        />
      )}
    </Page>
  );
}

function OrganisationBin({ onRestore }: { onRestore: (organisation: Organisation) => void }) {
  const answer = useAnswer('organisation.list', { deleted: true });
  return <Answered answer={answer}>{({ organisations }) => <Bin items={organisations} onRestore={onRestore} />}</Answered>;
}
