import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { Column } from '../app/data-grid.tsx';
import { addressOf, Link } from '../app/router.tsx';
import { useCustomRoles } from './choices.ts';
import { useStateWord } from './member-words.ts';

/** The columns of the list of members (S3, ACC-43, ACC-45). */
export function useMemberColumns(): readonly Column<AdministeredMember>[] {
  const { t } = useTranslation(['members', 'console']);
  const format = useFormat();
  const stateWord = useStateWord();
  const roles = useCustomRoles();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(180px, 2.2fr)',
        render: (member) => (
          <>
            <Avatar id={member.id} name={member.name} size="small" />
            <Link
              to={addressOf('members', member.id)}
              tabIndex={-1}
              className="member-link cut"
              onClick={(event) => event.stopPropagation()}
            >
              {member.appBlocked && <span className="danger">{t('blockedPrefix')} </span>}
              <b title={member.reading}>{member.name}</b>
            </Link>
          </>
        ),
      },
      {
        id: 'memberId',
        title: t('memberId'),
        width: 'minmax(90px, 1fr)',
        render: (member) => <span className="cut">{member.memberId}</span>,
      },
      {
        id: 'organisation',
        minor: true,
        title: t('organisation'),
        width: 'minmax(100px, 1.4fr)',
        render: (member) => <span className="cut">{format.facts([member.organisation, member.title])}</span>,
      },
      {
        id: 'role',
        minor: true,
        title: t('role'),
        width: 'minmax(96px, 1.2fr)',
        render: (member) =>
          member.role === 'member' ? null : (
            <Chip>
              {member.role === 'custom'
                ? (roles.find(({ id }) => id === member.roleId)?.name ?? t('console:role_custom'))
                : t(`console:role_${member.role}`)}
            </Chip>
          ),
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(110px, 1.5fr)',
        render: (member) => {
          const { text, tone } = stateWord(member);
          return member.state === 'active' ? <span className="t3">{text}</span> : <Chip tone={tone}>{text}</Chip>;
        },
      },
      {
        id: 'lastUsed',
        minor: true,
        title: t('lastUsed'),
        width: '104px',
        end: true,
        render: (member) => <span className="t3 num">{member.lastUsedAt === null ? t('never') : format.moment(member.lastUsedAt)}</span>,
      },
    ],
    [t, format, stateWord, roles],
  );
}
