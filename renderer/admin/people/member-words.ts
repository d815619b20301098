import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { MemberState } from '#shared/model/member.ts';
import { useFormat } from '../../ui/use-format.ts';

type Tone = 'neutral' | 'positive' | 'caution' | 'danger' | 'accent';
const tones: Readonly<Record<MemberState, Tone>> = {
  active: 'positive',
  waiting: 'accent',
  absent: 'neutral',
  leave: 'neutral',
  suspended: 'danger',
  suspended_failures: 'danger',
  deleted: 'neutral',
};

/** Every state but the one that has a view of its own. */
export const presentStates: MemberState[] = ['active', 'waiting', 'absent', 'leave', 'suspended', 'suspended_failures'];

/** A day as the server writes it (`2026-11-22`), at noon of this place's time. */
export const instantOfDay = (day: string): number => new Date(`${day}T12:00:00`).getTime();

/** A member's state in words, with until when (ACC-43, ACC-44). */
export function useStateWord(): (member: Pick<AdministeredMember, 'state' | 'leaveUntil' | 'deletedUntil'>) => {
  text: string;
  tone: Tone;
} {
  const { t } = useTranslation('members');
  const format = useFormat();
  return ({ state, leaveUntil, deletedUntil }) => {
    const tone = tones[state];
    if (state === 'leave' && leaveUntil !== null)
      return { tone, text: t('state_leave_until', { day: format.date(instantOfDay(leaveUntil)) }) };
    if (state === 'deleted' && deletedUntil !== null) return { tone, text: t('state_deleted_until', { day: format.date(deletedUntil) }) };
    return { tone, text: t(`state_${state}`) };
  };
}
