import { useTranslation } from 'react-i18next';
import type { MemberProfile } from '#shared/model/profile.ts';
import { Input } from '../../ui/input.tsx';
import { FormSelect, type FormValues } from '../app/form.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { useOrganisations, usePosts } from './choices.ts';

const texts = [
  'surname',
  'givenName',
  'surnameReading',
  'givenNameReading',
  'nickname',
  'phone',
  'mobile',
  'workplace',
  'duties',
  'employeeNumber',
  'socialNetwork',
  'relatedContacts',
] as const;

/** A name as it is shown: in Japanese the surname first, in Latin letters the given name. */
export const fullName = (surname: string, givenName: string): string =>
  (/^[\p{Script=Latin}\s'’-]+$/u.test(surname + givenName) ? [givenName, surname] : [surname, givenName]).filter(Boolean).join(' ');

/** The profile that a form of `PersonFields` holds. */
export const profileOf = (values: FormValues): MemberProfile => ({
  ...(Object.fromEntries(texts.map((name) => [name, values.text(name)])) as Record<(typeof texts)[number], string>),
  language: values.text('language') === 'en' ? 'en' : 'ja',
  birthday: values.textOrNull('birthday'),
  hireDate: values.textOrNull('hireDate'),
});

/** The names of a person, each with its reading (ADM-01). */
export function NameFields({ profile }: { profile: Partial<MemberProfile> }) {
  const { t } = useTranslation('members');
  return (
    <>
      <div className="form-pair">
        <Input name="surname" label={t('surname')} defaultValue={profile.surname} maxLength={50} required autoFocus />
        <Input name="givenName" label={t('givenName')} defaultValue={profile.givenName} maxLength={50} />
      </div>
      <div className="form-pair">
        <Input name="surnameReading" label={t('surnameReading')} defaultValue={profile.surnameReading} maxLength={50} required />
        <Input name="givenNameReading" label={t('givenNameReading')} defaultValue={profile.givenNameReading} maxLength={50} />
      </div>
    </>
  );
}

interface Posts {
  readonly organisationId?: string | null;
  readonly positionId?: string | null;
  readonly levelId?: string | null;
  readonly userTypeId?: string | null;
}

/** Where a person belongs and as what (ADM-05, ADM-07). */
export function PostFields({ given }: { given: Posts }) {
  const { t } = useTranslation('members');
  const { choices } = useOrganisations();
  const posts = usePosts();
  const used = useAnswer('policy.get', {}).data?.policy.directory;
  const none = { value: '', text: t('noPost') };
  const choicesOf = (kind: Parameters<typeof posts>[0]) => [none, ...posts(kind).map(({ id, name }) => ({ value: id, text: name }))];
  const fields = [
    { kind: 'position', name: 'positionId', label: 'position', isUsed: used?.positions },
    { kind: 'level', name: 'levelId', label: 'level', isUsed: used?.levels },
    { kind: 'user_type', name: 'userTypeId', label: 'userType', isUsed: used?.userTypes },
  ] as const;
  return (
    <div className="form-pair">
      <FormSelect
        key={choices.length}
        name="organisationId"
        label={t('organisation')}
        defaultValue={given.organisationId ?? ''}
        options={[{ value: '', text: t('noOrganisation') }, ...choices]}
      />
      {fields
        .filter(({ isUsed }) => isUsed === true)
        .map(({ kind, name, label }) => (
          <FormSelect
            key={`${kind} ${posts(kind).length}`}
            name={name}
            label={t(label)}
            defaultValue={given[name] ?? ''}
            options={choicesOf(kind)}
          />
        ))}
    </div>
  );
}

/** The ids that a form of `PostFields` holds; of fields that the company does not use, nothing. */
export const postsOf = (values: FormValues) =>
  Object.fromEntries(
    (['organisationId', 'positionId', 'levelId', 'userTypeId'] as const)
      .filter((name) => values.has(name))
      .map((name) => [name, values.textOrNull(name)]),
  );

/** Everything else of a profile, folded away until it is wanted. */
export function DetailFields({ profile }: { profile: Partial<MemberProfile> }) {
  const { t } = useTranslation('members');
  const text = (name: (typeof texts)[number], longest: number) => (
    <Input name={name} label={t(name)} defaultValue={profile[name]} maxLength={longest} />
  );
  return (
    <details className="more-fields">
      <summary>{t('details')}</summary>
      <div className="form">
        <div className="form-pair">
          {text('phone', 40)}
          {text('mobile', 40)}
        </div>
        <div className="form-pair">
          {text('workplace', 100)}
          {text('duties', 200)}
        </div>
        <div className="form-pair">
          {text('employeeNumber', 40)}
          {text('nickname', 50)}
        </div>
        <div className="form-pair">
          <Input name="hireDate" label={t('hireDate')} type="date" defaultValue={profile.hireDate ?? ''} />
          <Input name="birthday" label={t('birthday')} type="date" defaultValue={profile.birthday ?? ''} />
        </div>
        <div className="form-pair">
          {text('socialNetwork', 200)}
          <FormSelect
            name="language"
            label={t('personLanguage')}
            defaultValue={profile.language ?? 'ja'}
            options={[
              { value: 'ja', text: '日本語' },
              { value: 'en', text: 'English' },
            ]}
          />
        </div>
        {text('relatedContacts', 500)}
      </div>
    </details>
  );
}
