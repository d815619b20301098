import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, Input } from '../../ui/input.tsx';
import { FormDialog, FormSelect, type FormValues } from '../app/form.tsx';
import { useMay } from '../app/identity.ts';
import { useAct } from '../app/use-server.tsx';
import { roleOf, useRoleChoices } from './choices.ts';
import { DetailFields, fullName, NameFields, PostFields, postsOf, profileOf } from './person-fields.tsx';
import { ShownOnce } from './shown-once.tsx';

interface Added {
  readonly name: string;
  readonly memberId: string;
  readonly password: string | null;
  readonly link: string | null;
  /** Where a link was mailed to. */
  readonly mailedTo: string | null;
}

/** Brings one person into the company (ADM-01, ADM-03, ACC-10). */
export function AddMember({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('members');
  const may = useMay();
  const act = useAct('member.create');
  const roles = useRoleChoices();
  const [how, setHow] = useState('made');
  const [mustChange, setMustChange] = useState(true);
  const [added, setAdded] = useState<Added | null>(null);
  const add = async (values: FormValues) => {
    const profile = profileOf(values);
    const made = await act.run({
      memberId: values.text('memberId'),
      name: fullName(profile.surname, profile.givenName),
      reading: fullName(profile.surnameReading, profile.givenNameReading),
      email: values.textOrNull('email'),
      profile,
      ...postsOf(values),
      ...(may('roles') ? roleOf(values.text('role')) : {}),
      ...(how === 'own' ? { password: values.text('password'), mustChange } : {}),
      mailLink: how === 'mail',
    });
    if (made === null) return;
    const { member, password, link } = made;
    setAdded({
      name: member.name,
      memberId: member.memberId,
      password,
      link,
      mailedTo: how === 'mail' && link === null ? member.email : null,
    });
  };
  if (added !== null) {
    return (
      <ShownOnce name={added.name} memberId={added.memberId} password={added.password} link={added.link} onClose={onClose}>
        {t('added', { name: added.name })}
        {added.mailedTo !== null && ` ${t('linkMailed', { email: added.mailedTo })}`}
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      wide
      title={t('add')}
      submit={t('addDo')}
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={(values) => void add(values)}
    >
      <NameFields profile={{}} />
      <div className="form-pair">
        <Input
          name="memberId"
          label={t('memberId')}
          pattern="[a-z0-9][a-z0-9._\-]{0,39}"
          title={t('memberIdHint')}
          autoCapitalize="off"
          required
        />
        <Input name="email" type="email" label={t('email')} maxLength={200} required={how === 'mail'} />
      </div>
      <PostFields given={{}} />
      <div className="form-pair">
        {may('roles') && <FormSelect name="role" label={t('role')} defaultValue="member" options={roles} />}
        <FormSelect
          label={t('passwordHow')}
          value={how}
          onChange={(event) => setHow(event.target.value)}
          options={[
            { value: 'made', text: t('passwordMade') },
            { value: 'mail', text: t('passwordMail') },
            { value: 'own', text: t('passwordOwn') },
          ]}
        />
      </div>
      {how === 'own' && (
        <>
          <Input name="password" label={t('password')} type="password" autoComplete="new-password" required />
          <Checkbox checked={mustChange} onChange={setMustChange}>
            {t('mustChange')}
          </Checkbox>
        </>
      )}
      <DetailFields profile={{}} />
    </FormDialog>
  );
}
