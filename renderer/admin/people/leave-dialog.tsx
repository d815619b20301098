import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';
import { FormDialog } from '../app/form.tsx';
import { useAsk } from '../app/use-server.tsx';
import { useBatch } from './use-batch.ts';

interface LeaveDialogProps {
  members: readonly AdministeredMember[];
  onClose: () => void;
  onDone: () => void;
}

/** A leave until a day (ACC-44). */
export function LeaveDialog({ members, onClose, onDone }: LeaveDialogProps) {
  const { t } = useTranslation('members');
  const ask = useAsk();
  const toast = useToast();
  const batch = useBatch();
  const leave = async (until: string) => {
    const done = await batch.run(members, (member) => ask('member.setLeave', { member: member.id, until }));
    if (done.length === members.length) onDone();
    if (done.length > 0) toast({ text: t('doneLeave', { count: done.length }), icon: 'done' });
  };
  return (
    <FormDialog
      title={t('leaveTitle', { count: members.length })}
      submit={t('leave')}
      busy={batch.busy}
      problem={batch.problem}
      onClose={onClose}
      onSubmit={(values) => void leave(values.text('until'))}
    >
      <p className="sm t2 prose">{t('leaveMore')}</p>
      <Input name="until" label={t('leaveUntil')} type="date" required />
    </FormDialog>
  );
}
