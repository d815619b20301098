import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useFormat } from '../ui/use-format.ts';
import { SecurityGuard } from './security-access.tsx';
import { OwnSessions, TrustedDevices } from './security-devices.tsx';
import { EmailSettings } from './security-email.tsx';
import { PasswordSettings } from './security-password.tsx';
import { TwoStepSettings } from './security-two-step.tsx';
import { Fact } from './settings-row.tsx';

/** How one's own login is secured; asked of the server each time, so nothing old is shown as true. */
export function SecuritySettings() {
  const { t } = useTranslation(['security', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  const { accountId } = useAccount();
  const answer = useAnswer('security.get', { accountId });
  if (answer.data === undefined) {
    if (answer.error === null) return <Skeleton rows={6} label={t('ui:loading')} />;
    return (
      <ErrorNote title={t('security:loadFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(answer.error))}
      </ErrorNote>
    );
  }
  const security = answer.data;
  return (
    <SecurityGuard security={security}>
      <PasswordSettings password={security.password} />
      <TwoStepSettings security={security} />
      <EmailSettings email={security.email} />
      {security.identities.length > 0 && <h2>{t('security:identities')}</h2>}
      {security.identities.map(({ method, subject, linkedAt }) => (
        <Fact
          key={`${method.id} ${subject}`}
          title={method.name}
          value={subject}
          more={t('security:linkedOn', { date: format.date(linkedAt) })}
        />
      ))}
      <TrustedDevices devices={security.trustedDevices} />
      <OwnSessions />
    </SecurityGuard>
  );
}
