import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNote, Note } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import './rules.css';

/** ACC-45, ACC-46: who is blocked from the apps, with the list to download. */
export function BlockedMembersScreen() {
  const { t } = useTranslation('fileRules');
  const { t: ui } = useTranslation('ui');
  const language = useLanguage();
  const explain = useExplain();
  const { data, error, refetch } = useAnswer('member.list', { appBlocked: true, limit: 1_000 });
  return (
    <div className="rules-screen">
      <div className="rules-scroll">
        <div className="rules-form">
          <div className="row rules-title">
            <h1>{t('blockTitle')}</h1>
            {data !== undefined && <span className="sm t3 num">{t('blockCount', { count: data.total })}</span>}
            <a className="button small push" href={`/api/exports/blocked-members.xlsx?language=${language}`} download>
              {t('blockDownload')}
            </a>
          </div>
          <p className="sm t3 prose">{t('blockNote')}</p>
          {error !== null ? (
            <ErrorNote title={t('blockTitle')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
              {explain(problemOf(error))}
            </ErrorNote>
          ) : data === undefined ? (
            <Skeleton label={ui('loading')} />
          ) : data.members.length === 0 ? (
            <Empty icon="check" title={t('blockNone')} />
          ) : (
            <BlockedList members={data.members} />
          )}
        </div>
      </div>
    </div>
  );
}

type Blocked = NonNullable<ReturnType<typeof useAnswer<'member.list'>>['data']>['members'];

function BlockedList({ members }: { members: Blocked }) {
  const { t } = useTranslation('fileRules');
  const format = useFormat();
  const toast = useToast();
  const { run, busy, problem } = useAct('member.setAppBlock');
  return (
    <div className="stack" style={{ paddingTop: 12 }}>
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      <div className="box">
        <table className="plain-table">
          <thead>
            <tr>
              <th>{t('member')}</th>
              <th>{t('organisation')}</th>
              <th>{t('lastUsed')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.id}>
                <td>
                  <span className="row">
                    <Avatar id={member.id} name={member.name} size="small" />
                    <span className="col">
                      <span>{member.name}</span>
                      <span className="xs t3">{member.memberId}</span>
                    </span>
                  </span>
                </td>
                <td>{format.facts([member.organisation, member.title])}</td>
                <td className="num">{member.lastUsedAt === null ? t('never') : format.stamp(member.lastUsedAt)}</td>
                <td className="end">
                  <Button
                    size="small"
                    disabled={busy}
                    onClick={() =>
                      void run({ member: member.id, blocked: false }).then(
                        (done) => done !== null && toast({ text: t('unblocked', { name: member.name }), icon: 'done' }),
                      )
                    }
                  >
                    {t('unblock')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
