import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat, useLanguage } from '../ui/use-format.ts';
import { AccountTiles } from './account-tiles.tsx';
import { ContactContext } from './contact.ts';
import { useExplain } from './explain.ts';
import { useHost } from './host-context.tsx';
import { lockedTexts } from './locked-texts.ts';
import { TitleBar } from './title-bar.tsx';
import { useLogout } from './use-logout.ts';

interface LockedWindowProps {
  /** As it was when nothing of it could be shown any more. */
  account: Account;
  reason: string;
  version: string;
  /** Accounts that stay usable beside it. */
  accounts: readonly Account[];
  onSwitch: (accountId: string) => void;
  onLogin: () => void;
  /** The account is not there any more: the page only tells of it. */
  over?: boolean;
}

/** Nothing of the content is here: which rule, since when, what is kept, what can be done and whom to ask. */
export function LockedWindow({ account, reason, version, accounts, onSwitch, onLogin, over = false }: LockedWindowProps) {
  const { t } = useTranslation('states');
  const host = useHost();
  const client = useQueryClient();
  const language = useLanguage();
  const { accountId, policy, serverUrl, tenantName, unsent = 0 } = account;
  const facts = useFacts(account, reason);
  const [copied, setCopied] = useState(false);
  const { title, way, browser = false, gone = false } = lockedTexts(reason);
  const contact = policy.contact[language];
  const copy = () => {
    const lines = [t(title), ...facts.map(([name, value]) => `${name}: ${value}`), `Hikyaku ${version}`, `(${reason})`];
    void navigator.clipboard.writeText(lines.join('\n')).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  const leave = useLogout(accountId);
  return (
    <div className="lone">
      <TitleBar>
        <span className="xs t3 grow cut">{tenantName}</span>
      </TitleBar>
      <main className="full-state">
        {accounts.length > 1 && <AccountTiles accounts={accounts} currentId={accountId} onSwitch={onSwitch} across />}
        <div className="top">
          <span className="seal">
            <Icon name="lock" size={26} />
          </span>
          <h1 className="phrase">{t(title)}</h1>
          <p className="t2 phrase" style={{ marginTop: 8 }}>
            {/* Whom to ask has a place of its own below. */}
            <ContactContext.Provider value={nobody}>
              <Why reason={reason} version={version} />
            </ContactContext.Provider>
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
        {!gone && (
          <div style={{ marginTop: 14 }}>
            <Note icon="shield">
              <b>{t('kept')}</b>
              <br />
              {unsent > 0 ? t('keptUnsent', { count: unsent }) : t('keptMore')}
            </Note>
          </div>
        )}
        {contact !== '' && (
          <div style={{ marginTop: 8 }}>
            <Note icon="info">{t('contact', { contact })}</Note>
          </div>
        )}
        <div className="col" style={{ marginTop: 'auto', paddingTop: 20, gap: 8 }}>
          {over || way === 'login' ? (
            <Button look="primary" size="large" wide onClick={onLogin}>
              {t(over ? 'toLogin' : reason === 'country_unverified' ? 'verify' : 'loginAgain')}
            </Button>
          ) : (
            way === 'check' && (
              <Button look="primary" size="large" wide onClick={() => void client.invalidateQueries({ queryKey: ['account.list'] })}>
                {t('checkAgain')}
              </Button>
            )
          )}
          {browser && host.shell !== null && (
            <Button wide icon="globe" onClick={() => void host.shell?.['shell.openExternal']({ url: serverUrl }).catch(() => undefined)}>
              {t('openBrowser')}
            </Button>
          )}
          <div className="row">
            <Button className="grow" icon="copy" onClick={copy}>
              {t(copied ? 'copied' : 'copy')}
            </Button>
            {!over && <Button onClick={leave}>{t('logout')}</Button>}
          </div>
        </div>
      </main>
    </div>
  );
}

const nobody = { ja: '', en: '' };

function Why({ reason, version }: { reason: string; version: string }) {
  const { t } = useTranslation('states');
  const explain = useExplain();
  const { text } = lockedTexts(reason);
  return text === undefined ? explain({ code: 'denied', reason }) : t(text, { version });
}

/** What somebody who is asked for help wants to know. */
function useFacts(
  { member, serverUrl, lastAnswerAt, policy, subject = null }: Account,
  reason: string,
): readonly (readonly [string, string])[] {
  const { t } = useTranslation('states');
  const format = useFormat();
  const language = useLanguage();
  const { rule, about } = lockedTexts(reason);
  const days = Math.round(policy.offlineLeaseHours / 24);
  const lease = days >= 1 ? t('days', { count: days }) : t('hours', { count: policy.offlineLeaseHours });
  return [
    ...(rule === undefined ? [] : [[t('rule'), format.facts([t(rule), rule === 'ruleLease' ? lease : null])] as const]),
    ...(about === undefined || subject === null || subject === ''
      ? []
      : [
          [
            t(about === 'versionNeeded' && subject.includes('–') ? 'versionDenied' : about),
            about === 'country' ? countryOf(subject, language) : subject,
          ] as const,
        ]),
    [t('server'), new URL(serverUrl).host],
    [t('lastAnswer'), lastAnswerAt === null ? t('never') : format.exact(lastAnswerAt)],
    [t('member'), `${member.name}${language === 'ja' ? '（' : ' ('}${member.memberId}${language === 'ja' ? '）' : ')'}`],
  ];
}

/** The name of a country by its code (ISO 3166-1); an address whose country is not known stays as it is. */
const countryOf = (subject: string, language: string): string =>
  /^[A-Z]{2}$/u.test(subject) ? (new Intl.DisplayNames(language, { type: 'region' }).of(subject) ?? subject) : subject;
