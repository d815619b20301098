import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { dangerousRights } from '#shared/model/rights.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog, FormSelect } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';
import { roleOf, useCustomRoles, useRoleChoices } from './choices.ts';

/** Which administrator somebody is, with a warning where the role is dangerous (ADM-11, ADM-12). */
export function RoleDialog({ member, onClose }: { member: AdministeredMember; onClose: () => void }) {
  const { t } = useTranslation(['members', 'people']);
  const toast = useToast();
  const format = useFormat();
  const act = useAct('member.setRole');
  const choices = useRoleChoices();
  const custom = useCustomRoles();
  const [choice, setChoice] = useState(member.roleId === null ? member.role : `custom:${member.roleId}`);
  const given = roleOf(choice);
  const rights = rightsOf(given.role, custom.find(({ id }) => id === given.roleId)?.rights);
  const dangerous = rights.filter((right) => dangerousRights.has(right));
  const save = async () => {
    if ((await act.run({ member: member.id, ...given })) === null) return;
    toast({ text: t('doneRole'), icon: 'done' });
    onClose();
  };
  return (
    <FormDialog
      title={t('setRole')}
      submit={t('setRole')}
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <FormSelect label={member.name} value={choice} options={choices} onChange={(event) => setChoice(event.target.value)} />
      {dangerous.length > 0 && (
        <Note icon="warning" tone="caution">
          {t('roleDanger', { rights: format.facts(dangerous.map((right) => t(`people:right_${right}`))) })}
        </Note>
      )}
    </FormDialog>
  );
}
