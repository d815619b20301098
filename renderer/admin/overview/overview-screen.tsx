import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MemberState } from '#shared/model/member.ts';
import { refusedVersion } from '#shared/policy/version.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useActName } from '../audit/act-names.ts';
import { useMay } from '../app/identity.ts';
import { Page } from '../app/page.tsx';
import { addressOf, Link } from '../app/router.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { usePeople } from '../rules/member-picker.tsx';
import { useRuleTexts } from '../rules/rule-text.ts';
import './overview.css';

interface Matter {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly more: string;
  /** How many, in words. */
  readonly count: string;
  /** The screen that deals with it. */
  readonly to: string;
}

/** What needs an administrator now, and how the company stands. Each part shows only what one's rights show. */
export function OverviewScreen() {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { matters, asked, at } = useMatters();
  return (
    <Page title={t('title')} mark={at > 0 && <span className="sm t3 num">{t('checkedAt', { time: format.exact(at) })}</span>}>
      <div className="page-scroll overview">
        <section aria-labelledby="attention">
          <h2 id="attention">{t('attention')}</h2>
          {matters.length > 0 ? (
            <ul className="box">
              {matters.map((matter) => (
                <li key={matter.id} className="box-row" data-matter={matter.id}>
                  <Icon name={matter.icon} size={18} className="caution" />
                  <span className="col grow">
                    <span>{matter.title}</span>
                    <span className="xs t3 prose">{matter.more}</span>
                  </span>
                  <b className="num">{matter.count}</b>
                  <Link to={matter.to} className="button small" aria-label={`${t('open')}: ${matter.title}`}>
                    {t('open')}
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            asked && (
              <Note icon="done" tone="positive">
                {t('calm')}
              </Note>
            )
          )}
        </section>
        <div className="overview-columns">
          <Company />
          <Recent />
        </div>
      </div>
    </Page>
  );
}

/** Members in a state, as far as one may see members. */
function useStateCount(states: readonly MemberState[], enabled: boolean): number {
  return useAnswer('member.list', { states: [...states], limit: 1 }, { enabled }).data?.total ?? 0;
}

function useMatters(): { matters: readonly Matter[]; asked: boolean; at: number } {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const may = useMay();
  const rules = useAnswer('policy.get', {});
  const devices = useAnswer('device.list', { limit: 1_000 }, { enabled: may('apps') }).data?.devices ?? [];
  const suspended = useStateCount(['suspended_failures'], may('members'));
  const waiting = useStateCount(['waiting'], may('members'));
  const blocked = useAnswer('member.list', { appBlocked: true, limit: 1 }, { enabled: may('members') }).data?.total ?? 0;
  const mail = useAnswer('mail.status', {}, { enabled: may('basic') }).data;
  const wipes = devices.filter(({ wipe }) => wipe === 'ordered').length;
  const policy = rules.data?.policy;
  const old =
    policy === undefined
      ? 0
      : devices.filter(({ kinds, appVersion }) => kinds.some((kind) => kind !== 'browser') && refusedVersion(appVersion, policy) !== null)
          .length;
  const pending = rules.data?.pending ?? null;
  const people = (count: number): string => t('people', { count });
  const machines = (count: number): string => t('machines', { count });
  const all: readonly (Matter | null)[] = [
    pending === null
      ? null
      : {
          id: 'pending',
          icon: 'clock',
          title: t('pending'),
          more: t('pendingMore', { time: format.time(pending.revertsAt) }),
          count: t('once'),
          to: addressOf('network'),
        },
    suspended === 0
      ? null
      : {
          id: 'suspended',
          icon: 'lock',
          title: t('suspended'),
          more: t('suspendedMore'),
          count: people(suspended),
          to: addressOf('members'),
        },
    waiting === 0
      ? null
      : { id: 'waiting', icon: 'person', title: t('waiting'), more: t('waitingMore'), count: people(waiting), to: addressOf('members') },
    wipes === 0
      ? null
      : { id: 'wipes', icon: 'device', title: t('wipes'), more: t('wipesMore'), count: machines(wipes), to: addressOf('devices') },
    old === 0 ? null : { id: 'old', icon: 'history', title: t('old'), more: t('oldMore'), count: machines(old), to: addressOf('apps') },
    blocked === 0
      ? null
      : { id: 'blocked', icon: 'forbidden', title: t('blocked'), more: t('blockedMore'), count: people(blocked), to: addressOf('blocked') },
    mail === undefined || mail.configured
      ? null
      : { id: 'mail', icon: 'warning', title: t('mail'), more: t('mailMore'), count: '', to: addressOf('basic') },
  ];
  return { matters: all.filter((matter) => matter !== null), asked: rules.data !== undefined, at: rules.dataUpdatedAt };
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="box-row">
      <span className="grow t2">{title}</span>
      <span className="num overview-fact">{children}</span>
    </div>
  );
}

/** How many people and devices there are, the rules that matter most, and whether the audit log holds. */
function Company() {
  const { t } = useTranslation('overview');
  const texts = useRuleTexts();
  const may = useMay();
  const rules = useAnswer('policy.get', {}).data;
  const affected = useAnswer('policy.affected', {}).data;
  return (
    <section aria-labelledby="company">
      <h2 id="company">{t('company')}</h2>
      <div className="box">
        {affected !== undefined && (
          <>
            <Fact title={t('members')}>{affected.members}</Fact>
            <Fact title={t('openSessions')}>{affected.sections['syncedFolders']?.members ?? 0}</Fact>
          </>
        )}
        {rules !== undefined && (
          <>
            <Fact title={t('revision')}>{rules.revision}</Fact>
            <Fact title={t('network')}>{texts.value('network.mode', rules.policy.network.mode)}</Fact>
            <Fact title={t('twoStep')}>{texts.value('twoStep.required', rules.policy.twoStep.required)}</Fact>
            <Fact title={t('lockout')}>{texts.value('password.lockoutFailures', rules.policy.password.lockoutFailures)}</Fact>
            <Fact title={t('download')}>{texts.value('files.downloadLog', rules.policy.files.downloadLog)}</Fact>
          </>
        )}
        {may('audit') && <Chain />}
      </div>
    </section>
  );
}

function Chain() {
  const { t } = useTranslation('overview');
  const { run, busy, problem } = useAct('audit.verify');
  const [result, setResult] = useState<Awaited<ReturnType<typeof run>>>(null);
  return (
    <div className="box-row">
      <span className="grow t2">{t('chain')}</span>
      {problem !== null && <span className="sm danger">{problem}</span>}
      {result === null ? (
        <span className="t3">{t('chainUnknown')}</span>
      ) : result.firstBad === null ? (
        <span className="row positive num">
          <Icon name="done" size={14} />
          {t('chainGood', { count: result.entries })}
        </span>
      ) : (
        <span className="row danger num">
          <Icon name="warning" size={14} />
          {t('chainBad', { sequence: result.firstBad })}
        </span>
      )}
      <Button size="small" disabled={busy} onClick={() => void run({}).then(setResult)}>
        {t('chainVerify')}
      </Button>
    </div>
  );
}

/** The newest acts of administrators. */
function Recent() {
  const { t } = useTranslation('overview');
  const may = useMay();
  const format = useFormat();
  const people = usePeople();
  const actName = useActName();
  const { data } = useAnswer('audit.search', { limit: 60 }, { enabled: may('audit') });
  if (data === undefined) return null;
  const acts = data.entries.filter(({ action }) => !action.startsWith('session.')).slice(0, 8);
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">{t('recent')}</h2>
      {acts.length === 0 ? (
        <p className="sm t3">{t('recentNone')}</p>
      ) : (
        <ul className="box">
          {acts.map(({ sequence, at, actorId, action, target }) => (
            <li key={sequence} className="box-row">
              <span className="col grow">
                <span className="cut">{actName(action)}</span>
                <span className="xs t3 cut">
                  {format.facts([
                    actorId === null ? t('system') : (people.get(actorId)?.name ?? actorId),
                    target === null ? null : (people.get(target)?.name ?? null),
                  ])}
                </span>
              </span>
              <span className="xs t3 num">{format.stamp(at)}</span>
            </li>
          ))}
        </ul>
      )}
      <Link to={addressOf('audit')} className="sm overview-all">
        {t('recentAll')}
      </Link>
    </section>
  );
}
