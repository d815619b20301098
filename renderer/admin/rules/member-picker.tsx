import { useMemo, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '#shared/model/member.ts';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { useAnswer } from '../app/use-server.tsx';

/** The people of the company by id; empty until they have come. */
export function usePeople(): ReadonlyMap<string, Member> {
  const { data } = useAnswer('directory.list', {});
  return useMemo(() => new Map((data?.members ?? []).map((member) => [member.id, member])), [data]);
}

/** Finds one member of the company: see `PersonPicker`. */
export function MemberPicker(props: Omit<ComponentProps<typeof PersonPicker>, 'people' | 'nobodyFound'>) {
  const { t } = useTranslation('rules');
  return <PersonPicker {...props} people={usePeople()} nobodyFound={t('nobodyFound')} />;
}
