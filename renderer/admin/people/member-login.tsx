import { useTranslation } from 'react-i18next';
import type { MemberDetails } from '#shared/contract/admin-members.ts';
import { Chip } from '../../ui/badge.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useAct } from '../app/use-server.tsx';
import type { MemberAct } from './use-member-acts.tsx';

/** How somebody logs in: password, second step, linked logins, and whether apps may (ACC-09, ACC-25, ACC-45). */
export function MemberLogin({ details, acts }: { details: MemberDetails; acts: readonly MemberAct[] }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const { member, password, twoStep, identities } = details;
  const unlink = useAct('member.unlinkIdentity');
  const relink = useAct('member.relinkIdentity');
  const factors = [
    twoStep.totp ? t('twoStep_totp') : null,
    twoStep.emailCode ? t('twoStep_email') : null,
    twoStep.passkeys > 0 ? t('twoStep_passkeys', { count: twoStep.passkeys }) : null,
  ];
  const isSecured = factors.some((factor) => factor !== null);
  const act = (id: string, text?: string) => {
    const found = acts.find((one) => one.id === id);
    return found === undefined ? null : (
      <LinkButton className="sm" onClick={found.run}>
        {text ?? found.text}
      </LinkButton>
    );
  };
  return (
    <>
      <dl className="facts">
        <dt>{t('lastUsed')}</dt>
        <dd className="num">{member.lastUsedAt === null ? t('never') : format.stamp(member.lastUsedAt)}</dd>
        <dt>{t('password')}</dt>
        <dd>
          <span>
            {member.hasPassword
              ? format.facts([
                  password.changedAt === null ? null : t('passwordChanged', { at: format.moment(password.changedAt) }),
                  password.expiresAt === null ? t('passwordNoExpiry') : t('passwordExpires', { at: format.date(password.expiresAt) }),
                ])
              : t('passwordNone')}
          </span>
          {password.changeRequested && (
            <Chip tone="caution" icon="bell">
              {t('passwordRequested')}
            </Chip>
          )}
          {act('password')}
        </dd>
        <dt>{t('twoStep')}</dt>
        <dd>
          <span>{isSecured ? format.facts([...factors, t('twoStep_codes', { count: twoStep.recoveryCodesLeft })]) : t('twoStepNone')}</span>
          {isSecured && act('twoStep', t('resetDo'))}
        </dd>
        <dt>{t('identities')}</dt>
        <dd className="col start">
          {identities.length === 0 && <span>{t('identitiesNone')}</span>}
          {identities.map(({ id, method, subject, linkedAt, linked }) => (
            <span key={id} className="row wrap">
              <span>{format.facts([method, subject, linked ? t('linked', { at: format.date(linkedAt) }) : t('unlinked')])}</span>
              <LinkButton
                className="sm"
                disabled={unlink.busy || relink.busy}
                onClick={() => void (linked ? unlink : relink).run({ member: member.id, id })}
              >
                {t(linked ? 'unlink' : 'relink')}
              </LinkButton>
            </span>
          ))}
        </dd>
        <dt>{t('appBlock')}</dt>
        <dd>
          {member.appBlocked ? (
            <>
              <Chip tone="danger" icon="forbidden">
                {t('appBlocked')}
              </Chip>
              <span className="t3">{t('appBlockedMore')}</span>
              {act('unblock')}
            </>
          ) : (
            <>
              <span>{t('appAllowed')}</span>
              {act('block')}
            </>
          )}
        </dd>
      </dl>
      {(unlink.problem ?? relink.problem) !== null && (
        <Note icon="error" tone="danger" alert>
          {unlink.problem ?? relink.problem}
        </Note>
      )}
    </>
  );
}
