import { useContext } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { assertNever } from '#shared/base/assert.ts';
import type { Connection } from '#shared/contract/workspace.ts';
import { ContactContext } from '../app/contact.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost, useLiveAccount } from '../app/host-context.tsx';
import { useLogout } from '../app/use-logout.ts';
import { Button } from '../ui/button.tsx';
import { Switch } from '../ui/input.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFormat, useLanguage } from '../ui/use-format.ts';
import { Fact, Row } from './settings-row.tsx';

/** Who is logged in where, whether the login is kept, and what is kept on this PC. */
export function AccountSettings() {
  const { t } = useTranslation('settings');
  const host = useHost();
  const format = useFormat();
  const { accountId, member, tenantName, serverUrl, connection, lastAnswerAt, persistent } = useLiveAccount();
  const logout = useLogout(accountId);
  return (
    <>
      <h2>{t('you')}</h2>
      <Fact title={t('member')} value={member.name} more={member.memberId} />
      {member.organisation !== null && <Fact title={t('organisation')} value={format.facts([member.organisation, member.title])} />}
      <Fact title={t('company')} value={tenantName} />
      <Fact title={t('server')} value={serverUrl} />
      <Fact
        title={t('connection')}
        value={t(connectionText(connection))}
        {...(lastAnswerAt === null ? {} : { more: t('answered', { moment: format.moment(lastAnswerAt) }) })}
      />
      <h2>{t('login')}</h2>
      {host.shell !== null && <KeepLogin />}
      <Row title={t('logout')} more={t(host.shell === null ? 'logoutBrowser' : 'logoutMore')}>
        {({ id, labelledBy }) => (
          <Button id={id} size="small" aria-labelledby={labelledBy} onClick={logout}>
            {t('logout')}
          </Button>
        )}
      </Row>
      <h2>{t('storage')}</h2>
      <p className="setting-row sm t2 prose">{t(host.shell === null ? 'browserStorage' : persistent ? 'persistent' : 'notPersistent')}</p>
    </>
  );
}

/** ACC-30: the member's switches, one a program; what is in force is shown where a rule or the missing keychain holds it. */
function KeepLogin() {
  const { t } = useTranslation('settings');
  const host = useHost();
  const client = useQueryClient();
  const explain = useExplain();
  const toast = useToast();
  const language = useLanguage();
  const contact = useContext(ContactContext)[language];
  const { accountId } = useAccount();
  const { data } = useAnswer('account.keepLogin', { accountId });
  if (data === undefined) return null;
  const forbidden = contact === '' ? t('keepLoginForbidden') : t('keepLoginForbiddenContact', { contact });
  const ruleOf = (permitted: boolean): string | null => (!permitted ? forbidden : data.keychain ? null : t('noKeychain'));
  const change = (program: 'pc-app' | 'drive-explorer') => (keepLogin: boolean) => {
    host.workspace['account.setKeepLogin']({ accountId, keepLogin, program })
      .catch((error: unknown) => toast({ text: explain(problemOf(error)), icon: 'error' }))
      .finally(() => void client.invalidateQueries({ queryKey: ['account.keepLogin'] }));
  };
  const explorer = data.driveExplorer;
  return (
    <>
      <KeepSwitch
        title={t('keepLogin')}
        more={t('keepLoginMore')}
        rule={ruleOf(data.permitted)}
        checked={data.keepLogin}
        onChange={change('pc-app')}
      />
      {explorer !== undefined && (
        <KeepSwitch
          title={t('keepExplorer')}
          more={t('keepExplorerMore')}
          rule={ruleOf(explorer.permitted)}
          checked={explorer.keepLogin}
          onChange={change('drive-explorer')}
        />
      )}
    </>
  );
}

interface KeepSwitchProps {
  title: string;
  more: string;
  rule: string | null;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

const KeepSwitch = ({ title, more, rule, checked, onChange }: KeepSwitchProps) => (
  <Row title={title} more={more} rule={rule}>
    {({ id, describedBy }) => (
      <Switch id={id} aria-describedby={describedBy} checked={checked && rule === null} disabled={rule !== null} onChange={onChange} />
    )}
  </Row>
);

function connectionText(connection: Connection): 'online' | 'connecting' | 'offline' {
  switch (connection) {
    case 'online':
    case 'connecting':
      return connection;
    case 'offline':
    case 'locked':
    case 'upgrade_required':
      return 'offline';
    default:
      return assertNever(connection, 'connection');
  }
}
