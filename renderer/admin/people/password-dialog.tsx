import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Input } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { FormDialog, FormSelect } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';
import { ShownOnce } from './shown-once.tsx';

/** Gives somebody a password (ACC-08): a made one, shown once, or one that is typed here. */
export function PasswordDialog({ member, onClose }: { member: AdministeredMember; onClose: () => void }) {
  const { t } = useTranslation('members');
  const act = useAct('member.setPassword');
  const [how, setHow] = useState('made');
  const [done, setDone] = useState<{ readonly password: string | null; readonly ended: number } | null>(null);
  if (done !== null) {
    return (
      <ShownOnce name={member.name} memberId={member.memberId} password={done.password} onClose={onClose}>
        {t('passwordSet', { count: done.ended })}
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title={t('passwordOf', { name: member.name })}
      submit={t('setPassword')}
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={(values) =>
        void act.run({ member: member.id, ...(how === 'own' ? { password: values.text('password') } : {}) }).then(setDone)
      }
    >
      <FormSelect
        label={t('passwordHow')}
        value={how}
        onChange={(event) => setHow(event.target.value)}
        options={[
          { value: 'made', text: t('passwordMade') },
          { value: 'own', text: t('passwordOwn') },
        ]}
      />
      {how === 'own' && <Input name="password" label={t('password')} type="password" autoComplete="new-password" required />}
      <Note icon="info">{t('setPasswordMore')}</Note>
    </FormDialog>
  );
}
