import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { useToast } from '../../ui/toast.tsx';
import { FormDialog, FormSelect } from '../app/form.tsx';
import { useAsk } from '../app/use-server.tsx';
import { useOrganisations } from './choices.ts';
import { useBatch } from './use-batch.ts';

interface MoveDialogProps {
  members: readonly AdministeredMember[];
  onClose: () => void;
  onDone: () => void;
}

/** Where members belong from now on. */
export function MoveDialog({ members, onClose, onDone }: MoveDialogProps) {
  const { t } = useTranslation('members');
  const ask = useAsk();
  const toast = useToast();
  const batch = useBatch();
  const { choices } = useOrganisations();
  const move = async (organisationId: string | null) => {
    const moved = await batch.run(members, (member) => ask('member.update', { member: member.id, organisationId }));
    if (moved.length === members.length) onDone();
    if (moved.length > 0) toast({ text: t('doneMoved', { count: moved.length }), icon: 'done' });
  };
  return (
    <FormDialog
      title={t('moveTitle', { count: members.length })}
      submit={t('moveDo')}
      busy={batch.busy}
      problem={batch.problem}
      onClose={onClose}
      onSubmit={(values) => void move(values.textOrNull('organisation'))}
    >
      <FormSelect
        name="organisation"
        label={t('organisation')}
        defaultValue={members[0]?.organisationId ?? ''}
        options={[{ value: '', text: t('noOrganisation') }, ...choices]}
      />
    </FormDialog>
  );
}
