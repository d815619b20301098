import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { useToast } from '../../ui/toast.tsx';
import { FormDialog } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';

/** Takes second factors away: cannot be undone, so it is asked. */
export function ResetTwoStepDialog({ member, onClose }: { member: AdministeredMember; onClose: () => void }) {
  const { t } = useTranslation('members');
  const toast = useToast();
  const act = useAct('member.resetTwoStep');
  const reset = async () => {
    if ((await act.run({ member: member.id })) === null) return;
    toast({ text: t('doneTwoStep'), icon: 'done' });
    onClose();
  };
  return (
    <FormDialog
      title={t('resetTwoStep')}
      submit={t('resetDo')}
      look="danger"
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={() => void reset()}
    >
      <p className="t2 prose">{t('resetTwoStepMore', { name: member.name })}</p>
    </FormDialog>
  );
}
