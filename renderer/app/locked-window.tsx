import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat, useLanguage } from '../ui/use-format.ts';
import { useExplain } from './explain.ts';
import { useHost, useLiveAccount } from './host-context.tsx';
import { TitleBar } from './title-bar.tsx';

const titles = {
  network_denied: 'networkTitle',
  upgrade_required: 'upgradeTitle',
  member_suspended: 'suspendedTitle',
  member_suspended_failures: 'suspendedTitle',
  member_waiting: 'deletedTitle',
  member_deleted: 'deletedTitle',
  app_blocked: 'blockedTitle',
  service_denied: 'blockedTitle',
  session_ended: 'endedTitle',
  session_missing: 'endedTitle',
} as const;
const rules = {
  network_denied: 'ruleNetwork',
  upgrade_required: 'ruleVersion',
  member_suspended: 'ruleAccount',
  member_suspended_failures: 'ruleAccount',
  app_blocked: 'ruleApp',
  service_denied: 'ruleApp',
} as const;
const has = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key);

/** Nothing of the content is here: which rule, since when, what is kept, whom to ask. */
export function LockedWindow({ reason, version }: { reason: string; version: string }) {
  const { t } = useTranslation('states');
  const explain = useExplain();
  const format = useFormat();
  const language = useLanguage();
  const host = useHost();
  const client = useQueryClient();
  const { accountId, member, policy, serverUrl, tenantName, lastAnswerAt } = useLiveAccount();
  const [copied, setCopied] = useState(false);
  const title = t(has(titles, reason) ? titles[reason] : 'lockedTitle');
  const text =
    reason === 'network_denied'
      ? t('networkText')
      : reason === 'upgrade_required'
        ? t('upgradeText', { version })
        : explain({ code: 'denied', reason });
  const contact = policy.contact[language];
  const facts: [string, string][] = [
    ...(has(rules, reason) ? [[t('rule'), t(rules[reason])] as [string, string]] : []),
    [t('server'), new URL(serverUrl).host],
    [t('lastAnswer'), lastAnswerAt === null ? t('never') : format.moment(lastAnswerAt)],
    [t('member'), `${member.name}${language === 'ja' ? '（' : ' ('}${member.memberId}${language === 'ja' ? '）' : ')'}`],
  ];
  const copy = () => {
    const lines = [title, ...facts.map(([name, value]) => `${name}: ${value}`), `Hikyaku ${version}`, `(${reason})`];
    void navigator.clipboard.writeText(lines.join('\n')).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <div className="lone">
      <TitleBar>
        <span className="xs t3 grow cut">{tenantName}</span>
      </TitleBar>
      <main className="full-state">
        <div className="top">
          <span className="seal">
            <Icon name="lock" size={26} />
          </span>
          <h1 className="phrase">{title}</h1>
          <p className="t2 phrase" style={{ marginTop: 8 }}>
            {text}
          </p>
        </div>
        <dl>
          {facts.map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd className="num cut">{value}</dd>
            </div>
          ))}
        </dl>
        <div style={{ marginTop: 14 }}>
          <Note icon="shield">
            <b>{t('kept')}</b>
            <br />
            {t('keptMore')}
          </Note>
        </div>
        {contact !== '' && (
          <div style={{ marginTop: 8 }}>
            <Note icon="info">{t('contact', { contact })}</Note>
          </div>
        )}
        <div className="col" style={{ marginTop: 'auto', paddingTop: 20, gap: 8 }}>
          <Button look="primary" size="large" wide onClick={() => void client.invalidateQueries({ queryKey: ['account.list'] })}>
            {t('checkAgain')}
          </Button>
          <div className="row">
            <Button className="grow" icon="copy" onClick={copy}>
              {t(copied ? 'copied' : 'copy')}
            </Button>
            <Button onClick={() => void host.workspace['account.logout']({ accountId }).catch(() => undefined)}>{t('logout')}</Button>
          </div>
        </div>
      </main>
    </div>
  );
}
