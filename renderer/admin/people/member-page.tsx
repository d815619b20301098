import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import type { MemberDetails } from '#shared/contract/admin-members.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { Answered } from '../app/page.tsx';
import { useMay } from '../app/identity.ts';
import { addressOf, Link } from '../app/router.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { useCustomRoles } from './choices.ts';
import { MemberDevices } from './member-devices.tsx';
import { MemberHistory } from './member-history.tsx';
import { MemberLogin } from './member-login.tsx';
import { MemberProfileFacts } from './member-profile.tsx';
import { MemberSessions } from './member-sessions.tsx';
import { useStateWord } from './member-words.ts';
import { useMemberActs } from './use-member-acts.tsx';

/** S4: one member, everything that is known of them and everything that can be done. */
export function MemberPage({ id }: { id: string }) {
  const { t } = useTranslation('members');
  const answer = useAnswer('member.details', { member: id }, { fresh: true });
  const isGone = answer.error instanceof AppError && answer.error.code === 'not_found';
  return (
    <div className="page">
      <div className="page-head">
        <Link to={addressOf('members')} className="row link sm">
          <Icon name="back" size={14} />
          {t('back')}
        </Link>
      </div>
      {isGone ? (
        <Empty icon="person" title={t('notFound')} />
      ) : (
        <Answered answer={answer}>{(details) => <Details details={details} />}</Answered>
      )}
    </div>
  );
}

function Details({ details }: { details: MemberDetails }) {
  const { t } = useTranslation(['members', 'console', 'ui']);
  const { member } = details;
  const format = useFormat();
  const may = useMay();
  const stateWord = useStateWord();
  const roles = useCustomRoles();
  const acts = useMemberActs([member]);
  const state = stateWord(member);
  const role = roles.find(({ id }) => id === member.roleId)?.name ?? t(`console:role_${member.role}`);
  const buttons = acts.acts.filter(({ id }) => inView.has(id));
  return (
    <div className="page-scroll member-page" role="region" aria-label={t('page', { name: member.name })} tabIndex={0}>
      <div className="member-head">
        <Avatar id={member.id} name={member.name} />
        <span className="col grow">
          <span className="row wrap">
            <h1>
              {member.appBlocked && <span className="danger">{t('blockedPrefix')} </span>}
              {member.name}
            </h1>
            <span className="sm t3">{member.reading}</span>
            <Chip tone={state.tone}>{state.text}</Chip>
            {member.role !== 'member' && <Chip>{role}</Chip>}
          </span>
          <span className="sm t2 cut">{format.facts([member.memberId, member.organisation, member.title, member.email])}</span>
        </span>
        {buttons.map(({ id, text, icon, run }) => (
          <Button key={id} size="small" icon={icon} disabled={acts.batch.busy} onClick={run}>
            {text}
          </Button>
        ))}
        {acts.acts.length > buttons.length && (
          <Menu align="end" entries={acts.entries([...inView])}>
            <IconButton icon="more" label={t('more')} disabled={acts.batch.busy} />
          </Menu>
        )}
      </div>
      {acts.batch.problem !== null && (
        <Note icon="error" tone="danger" alert action={<IconButton icon="close" small label={t('ui:close')} onClick={acts.batch.clear} />}>
          {acts.batch.problem}
        </Note>
      )}
      <div className="member-columns">
        <section aria-labelledby="member-profile">
          <h2 id="member-profile">{t('profile')}</h2>
          <MemberProfileFacts details={details} />
        </section>
        <section aria-labelledby="member-login">
          <h2 id="member-login">{t('loginInfo')}</h2>
          <MemberLogin details={details} acts={acts.acts} />
        </section>
      </div>
      <MemberSessions member={member} />
      {may('apps') && <MemberDevices devices={details.devices} />}
      <MemberHistory memberId={member.id} first={details.history} />
      {acts.dialog}
    </div>
  );
}

/** Acts that stand on the page themselves. */
const inView: ReadonlySet<string> = new Set(['approve', 'reject', 'edit', 'suspend', 'restore', 'undelete']);
