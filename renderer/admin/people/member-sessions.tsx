import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';

/** Where somebody is logged in now, with the way to end it (ACC-41). */
export function MemberSessions({ member }: { member: AdministeredMember }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const toast = useToast();
  const end = useAct('session.end');
  const endAll = useAct('session.endAll');
  const answer = useAnswer('session.list', { member: member.id }, { fresh: true });
  const sessions = answer.data?.sessions.filter(({ endedAt }) => endedAt === null) ?? [];
  const endEvery = async () => {
    const done = await endAll.run({ member: member.id });
    if (done !== null) toast({ text: t('doneEnded', { count: done.ended }), icon: 'done' });
  };
  return (
    <section aria-labelledby="member-sessions">
      <div className="section-head">
        <h2 id="member-sessions">
          {t('sessions')} <span className="t3 num count-of">{sessions.length}</span>
        </h2>
        {sessions.length > 0 && (
          <span className="push">
            <Button size="small" icon="leave" disabled={endAll.busy} onClick={() => void endEvery()}>
              {t('endSessions')}
            </Button>
          </span>
        )}
      </div>
      {(end.problem ?? endAll.problem) !== null && (
        <Note icon="error" tone="danger" alert>
          {end.problem ?? endAll.problem}
        </Note>
      )}
      <div className="box">
        {sessions.length === 0 && <p className="box-row sm t3">{answer.data === undefined ? '' : t('sessionsNone')}</p>}
        {sessions.map((session) => (
          <div key={session.id} className="box-row">
            <Icon name={session.kind === 'browser' ? 'globe' : 'device'} size={16} className="t3" />
            <span className="col grow">
              <span className="row wrap">
                <span className="cut">{format.facts([session.deviceName, t(`kind_${session.kind}`), session.version])}</span>
                {session.current && <Chip tone="accent">{t('thisSession')}</Chip>}
              </span>
              <span className="xs t3 num cut">
                {format.facts([
                  session.address,
                  t('since', { at: format.moment(session.createdAt) }),
                  t('lastUsedAt', { at: format.moment(session.lastUsedAt) }),
                ])}
              </span>
            </span>
            <Button
              size="small"
              disabled={end.busy}
              aria-label={t('endOneOf', { name: session.deviceName })}
              onClick={() => void end.run({ sessionId: session.id })}
            >
              {t('endOne')}
            </Button>
          </div>
        ))}
      </div>
    </section>
  );
}
