import { useTranslation } from 'react-i18next';
import type { MemberDetails } from '#shared/contract/admin-members.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useMay } from '../app/identity.ts';
import { useAnswer } from '../app/use-server.tsx';
import { usePosts } from './choices.ts';
import { instantOfDay } from './member-words.ts';

const texts = ['nickname', 'phone', 'mobile', 'workplace', 'duties', 'employeeNumber', 'socialNetwork', 'relatedContacts'] as const;

/** Who somebody is (ADM-01): what was given, nothing for what was not. */
export function MemberProfileFacts({ details: { member, profile } }: { details: MemberDetails }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const may = useMay();
  const posts = usePosts();
  const rules = useAnswer('policy.get', {}).data?.policy;
  const post = (kind: 'position' | 'level' | 'user_type', id: string | null) => posts(kind).find((one) => one.id === id)?.name ?? '';
  const day = (value: string | null) => (value === null ? '' : format.date(instantOfDay(value)));
  const ofType = posts('user_type').find(({ id }) => id === member.userTypeId)?.templateId ?? defaultTemplateId;
  const template = rules?.permissions.templates.find(({ id }) => id === (member.templateId ?? ofType))?.name ?? null;
  const facts: readonly (readonly [string, string])[] = [
    [t('memberId'), member.memberId],
    [t('email'), member.email ?? ''],
    [t('organisation'), member.organisation ?? ''],
    ...(may('organisations')
      ? ([
          [t('position'), post('position', member.positionId) || (member.title ?? '')],
          [t('level'), post('level', member.levelId)],
          [t('userType'), post('user_type', member.userTypeId)],
        ] as const)
      : []),
    [t('template'), format.facts([template, member.templateId === null ? t('templateOfType') : null])],
    ...texts.map((name) => [t(name), profile[name]] as const),
    [t('hireDate'), day(profile.hireDate)],
    [t('birthday'), day(profile.birthday)],
    [t('personLanguage'), profile.language === 'ja' ? '日本語' : 'English'],
    [t('createdAt'), format.date(member.createdAt)],
  ];
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <FactLine key={name} name={name} value={value} />
        ))}
    </dl>
  );
}

const FactLine = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);
