import { useTranslation } from 'react-i18next';
import type { AccountSecurity } from '#shared/contract/account.ts';
import type { Session } from '#shared/contract/tenant.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Chip } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Switch } from '../ui/input.tsx';
import { useFormat } from '../ui/use-format.ts';
import { ActProblem, useAct } from './security-access.tsx';
import { Row } from './settings-row.tsx';

const kinds = {
  'pc-app': 'kindApp',
  'drive-explorer': 'kindExplorer',
  browser: 'kindBrowser',
  dav: 'kindDav',
  mobile: 'kindMobile',
} as const;

/** ACC-21: devices that are not asked for a code. */
export function TrustedDevices({ devices }: { devices: AccountSecurity['trustedDevices'] }) {
  const { t } = useTranslation('security');
  const host = useHost();
  const format = useFormat();
  const { accountId } = useAccount();
  const { act, busy, problem } = useAct();
  if (devices.length === 0) return null;
  return (
    <>
      <h2>{t('trustedDevices')}</h2>
      {devices.map(({ id: deviceId, name, platform, until }) => (
        <Row key={deviceId} title={name} more={format.facts([platform, t('trustedUntil', { date: format.date(until) })])}>
          {({ id, labelledBy }) => (
            <Button
              id={id}
              size="small"
              aria-labelledby={`${labelledBy} ${id}`}
              disabled={busy}
              onClick={() => void act(() => host.workspace['security.removeTrustedDevice']({ accountId, id: deviceId }))}
            >
              {t('untrust')}
            </Button>
          )}
        </Row>
      ))}
      <ActProblem>{problem}</ActProblem>
    </>
  );
}

/** ACC-40, ACC-41: where one is logged in, and ending that. */
export function OwnSessions() {
  const { t } = useTranslation('security');
  const host = useHost();
  const explain = useExplain();
  const { accountId } = useAccount();
  const answer = useAnswer('security.sessions', { accountId });
  const { act, busy, problem } = useAct();
  const open = answer.data?.sessions.filter(({ endedAt }) => endedAt === null) ?? [];
  const end = (sessionId: string | null) => void act(() => host.workspace['security.endSession']({ accountId, sessionId }));
  return (
    <>
      <h2>{t('sessions')}</h2>
      {open.map((session) => (
        <SessionRow key={session.id} session={session} busy={busy} onEnd={() => end(session.id)} />
      ))}
      <SingleLogin />
      {open.length > 1 && (
        <Row title={t('endOthers')} more={t('endOthersMore')}>
          {({ id, labelledBy }) => (
            <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} disabled={busy} onClick={() => end(null)}>
              {t('endAll')}
            </Button>
          )}
        </Row>
      )}
      <ActProblem>{problem ?? (answer.error === null ? null : explain(problemOf(answer.error)))}</ActProblem>
    </>
  );
}

/** EXP-03: whether a newer login ends the older ones. */
function SingleLogin() {
  const { t } = useTranslation('security');
  const host = useHost();
  const { accountId } = useAccount();
  const answer = useAnswer('security.singleLogin', { accountId });
  const { act, busy, problem } = useAct();
  if (answer.data === undefined) return null;
  const change = async (on: boolean) => {
    await act(() => host.workspace['security.setSingleLogin']({ accountId, on }));
    await answer.refetch();
  };
  return (
    <>
      <Row title={t('singleLogin')} more={t('singleLoginMore')}>
        {({ id, describedBy }) => (
          <Switch id={id} aria-describedby={describedBy} checked={answer.data.on} disabled={busy} onChange={(on) => void change(on)} />
        )}
      </Row>
      <ActProblem>{problem}</ActProblem>
    </>
  );
}

function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const { t } = useTranslation('security');
  const format = useFormat();
  const { deviceName, platform, kind, version, address, lastUsedAt, current } = session;
  const more = format.facts([
    platform,
    kind === 'browser' || version === '' ? null : t('versionOf', { version }),
    address,
    t('lastUsed', { moment: format.moment(lastUsedAt) }),
  ]);
  return (
    <Row title={format.facts([t(kinds[kind]), kind === 'browser' ? null : deviceName])} more={more}>
      {({ id, labelledBy }) =>
        current ? (
          <Chip tone="accent">{t('here')}</Chip>
        ) : (
          <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} disabled={busy} onClick={onEnd}>
            {t('end')}
          </Button>
        )
      }
    </Row>
  );
}
