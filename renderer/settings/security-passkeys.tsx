import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountSecurity } from '#shared/contract/account.ts';
import { makePasskey } from '../app/account-passkey.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Input } from '../ui/input.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { useAct } from './security-access.tsx';
import { Row } from './settings-row.tsx';

interface PasskeyRowsProps {
  security: AccountSecurity;
  act: ReturnType<typeof useAct>['act'];
  busy: boolean;
  /** Why the only one cannot go, or null. */
  last: string | null;
  onCodes: (codes: readonly string[] | null) => void;
}

/** ACC-23: passkeys. They belong to the server's address in a browser, so the app opens the browser edition to make one. */
export function PasskeyRows({ security, act, busy, last, onCodes }: PasskeyRowsProps) {
  const { t } = useTranslation('security');
  const host = useHost();
  const format = useFormat();
  const { accountId, serverUrl } = useAccount();
  const [naming, setNaming] = useState(false);
  const { passkeys, allowed } = security.twoStep;
  const isAllowed = allowed.includes('passkey');
  const inApp = host.shell !== null;

  const add = async (name: string) => {
    setNaming(false);
    const answer = await act(async () => {
      const { options } = await host.workspace['security.beginPasskey']({ accountId });
      const response = await makePasskey(options);
      return response === null ? null : host.workspace['security.finishPasskey']({ accountId, name, response });
    });
    if (answer !== null) onCodes(answer.recoveryCodes);
  };
  const openBrowser = () => void host.shell?.['shell.openExternal']({ url: `${serverUrl}/#/settings/security` }).catch(() => undefined);
  return (
    <>
      <Row title={t('passkeys')} more={t(inApp ? 'passkeysInBrowser' : 'passkeysMore')} rule={isAllowed ? null : t('methodForbidden')}>
        {({ id, labelledBy }) =>
          isAllowed && (
            <Button
              id={id}
              size="small"
              icon={inApp ? 'open' : 'plus'}
              aria-labelledby={`${labelledBy} ${id}`}
              disabled={busy}
              onClick={inApp ? openBrowser : () => setNaming(true)}
            >
              {t(inApp ? 'openInBrowser' : 'add')}
            </Button>
          )
        }
      </Row>
      {passkeys.map(({ id: passkeyId, name, createdAt, lastUsedAt }) => (
        <Row
          key={passkeyId}
          title={name}
          more={format.facts([
            t('madeOn', { date: format.date(createdAt) }),
            lastUsedAt === null ? t('neverUsed') : t('lastUsed', { moment: format.moment(lastUsedAt) }),
          ])}
          rule={last}
        >
          {({ id, labelledBy }) => (
            <Button
              id={id}
              size="small"
              aria-labelledby={`${labelledBy} ${id}`}
              disabled={busy || last !== null}
              onClick={() => void act(() => host.workspace['security.removePasskey']({ accountId, id: passkeyId }))}
            >
              {t('remove')}
            </Button>
          )}
        </Row>
      ))}
      {naming && <NamePasskey onClose={() => setNaming(false)} onNamed={(name) => void add(name)} />}
    </>
  );
}

function NamePasskey({ onClose, onNamed }: { onClose: () => void; onNamed: (name: string) => void }) {
  const { t } = useTranslation(['security', 'ui']);
  const [name, setName] = useState('');
  const done = () => name.trim() !== '' && onNamed(name.trim());
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('security:passkeyAdd')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={name.trim() === ''} onClick={done}>
            {t('security:goOn')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <Input label={t('security:passkeyName')} value={name} maxLength={100} autoFocus onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}
