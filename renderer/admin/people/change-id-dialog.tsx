import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';
import { FormDialog } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';

/** What somebody logs in with from now on (ACC-47). */
export function ChangeIdDialog({ member, onClose }: { member: AdministeredMember; onClose: () => void }) {
  const { t } = useTranslation('members');
  const toast = useToast();
  const act = useAct('member.changeId');
  const change = async (memberId: string) => {
    const changed = await act.run({ member: member.id, memberId });
    if (changed === null) return;
    toast({ text: t('doneChangedId', { memberId: changed.member.memberId }), icon: 'done' });
    onClose();
  };
  return (
    <FormDialog
      title={t('changeId')}
      submit={t('changeId')}
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={(values) => void change(values.text('memberId'))}
    >
      <p className="sm t2 prose">{t('changeIdMore')}</p>
      <Input
        name="memberId"
        label={t('newMemberId')}
        defaultValue={member.memberId}
        pattern="[a-z0-9][a-z0-9._\-]{0,39}"
        title={t('memberIdHint')}
        required
      />
    </FormDialog>
  );
}
