import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { DriveContract } from '#shared/contract/drive.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { Fact, Row } from './settings-row.tsx';

type Made = OutputOf<DriveContract, 'appPassword.create'>;

/** App passwords: how programs that know nothing of this product reach Drive (WebDAV). */
export function DriveAccessSettings() {
  const { t } = useTranslation('driveAccess');
  const host = useHost();
  const explain = useExplain();
  const format = useFormat();
  const { accountId } = useAccount();
  const answer = useAnswer('appPassword.list', { accountId });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const passwords = answer.data?.passwords ?? [];
  const refresh = () => void answer.refetch();
  const remove = async (id: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await host.workspace['appPassword.remove']({ accountId, id });
    } catch (error) {
      setProblem(explain(problemOf(error)));
    } finally {
      setBusy(false);
      refresh();
    }
  };
  const told = problem ?? (answer.error === null ? null : explain(problemOf(answer.error)));
  return (
    <>
      <p className="sm t2 prose">{t('more')}</p>
      {answer.data !== undefined && <Fact title={t('address')} value={<span className="selectable">{answer.data.url}</span>} />}
      {made !== null && <ShownOnce made={made} onDone={() => setMade(null)} />}
      <NewPassword
        onMade={(password) => {
          setMade(password);
          refresh();
        }}
      />
      <h2>{t('passwords')}</h2>
      {answer.data !== undefined && passwords.length === 0 && <p className="sm t3">{t('none')}</p>}
      {passwords.map(({ id: passwordId, label, createdAt, lastUsedAt }) => (
        <Row
          key={passwordId}
          title={label}
          more={format.facts([
            t('madeAt', { at: format.moment(createdAt) }),
            lastUsedAt === null ? t('neverUsed') : t('usedAt', { at: format.moment(lastUsedAt) }),
          ])}
        >
          {({ id, labelledBy }) => (
            <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} disabled={busy} onClick={() => void remove(passwordId)}>
              {t('remove')}
            </Button>
          )}
        </Row>
      ))}
      {told !== null && (
        <Note icon="error" tone="danger" alert>
          {told}
        </Note>
      )}
    </>
  );
}

function NewPassword({ onMade }: { onMade: (made: Made) => void }) {
  const { t } = useTranslation('driveAccess');
  const host = useHost();
  const explain = useExplain();
  const { accountId } = useAccount();
  const [label, setLabel] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      onMade(await host.workspace['appPassword.create']({ accountId, label: label.trim() }));
      setLabel('');
    } catch (error) {
      setProblem(explain(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="new-app-password" onSubmit={(event) => void create(event)}>
      <Input
        label={t('label')}
        placeholder={t('labelHint')}
        value={label}
        maxLength={100}
        problem={problem}
        onChange={(event) => setLabel(event.target.value)}
      />
      <Button type="submit" icon="plus" disabled={busy || label.trim() === ''}>
        {t('create')}
      </Button>
    </form>
  );
}

function ShownOnce({ made, onDone }: { made: Made; onDone: () => void }) {
  const { t } = useTranslation('driveAccess');
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(made.password).then(() => setCopied(true));
  return (
    <Note icon="key" tone="positive" alert>
      {t('shownOnce')}
      <span className="made-password">
        <span>{t('userName')}</span>
        <code className="selectable">{made.userName}</code>
        <span>{t('password')}</span>
        <code className="selectable">{made.password}</code>
      </span>
      <span className="row">
        <Button size="small" icon={isCopied ? 'check' : 'copy'} onClick={copy}>
          {t(isCopied ? 'copied' : 'copy')}
        </Button>
        <Button size="small" onClick={onDone}>
          {t('done')}
        </Button>
      </span>
    </Note>
  );
}
