import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { MemberProfile } from '#shared/model/profile.ts';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';
import { FormDialog, FormSelect, type FormValues } from '../app/form.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { DetailFields, fullName, NameFields, PostFields, postsOf, profileOf } from './person-fields.tsx';

/** The parts of names that nobody has entered in parts yet. */
function partsOf(member: AdministeredMember, profile: MemberProfile): MemberProfile {
  if (profile.surname !== '' || profile.givenName !== '') return profile;
  const [surname = '', ...given] = member.name.split(/[\s　]+/u);
  const [surnameReading = '', ...givenReading] = member.reading.split(/[\s　]+/u);
  return { ...profile, surname, givenName: given.join(' '), surnameReading, givenNameReading: givenReading.join(' ') };
}

/** Changes who somebody is and where they belong (ADM-01). */
export function MemberForm({ member, onClose }: { member: AdministeredMember; onClose: () => void }) {
  const { t } = useTranslation(['members', 'console']);
  const toast = useToast();
  const act = useAct('member.update');
  const details = useAnswer('member.details', { member: member.id });
  const templates = useAnswer('policy.get', {}).data?.policy.permissions.templates ?? [];
  if (details.data === undefined) return null;
  const { profile, member: now } = details.data;
  const parts = partsOf(now, profile);
  const save = async (values: FormValues) => {
    const given = profileOf(values);
    const changed = await act.run({
      member: member.id,
      name: fullName(given.surname, given.givenName),
      reading: fullName(given.surnameReading, given.givenNameReading),
      email: values.textOrNull('email'),
      templateId: values.textOrNull('templateId'),
      profile: given,
      ...postsOf(values),
    });
    if (changed === null) return;
    toast({ text: t('console:saved'), icon: 'done' });
    onClose();
  };
  return (
    <FormDialog
      wide
      title={t('editTitle', { name: member.name })}
      submit={t('console:save')}
      busy={act.busy}
      problem={act.problem}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <NameFields profile={parts} />
      <Input name="email" type="email" label={t('email')} defaultValue={now.email ?? ''} maxLength={200} />
      <PostFields given={now} />
      <FormSelect
        key={templates.length}
        name="templateId"
        label={t('template')}
        defaultValue={now.templateId ?? ''}
        options={[{ value: '', text: t('templateOfType') }, ...templates.map(({ id, name }) => ({ value: id, text: name }))]}
      />
      <DetailFields profile={parts} />
    </FormDialog>
  );
}
