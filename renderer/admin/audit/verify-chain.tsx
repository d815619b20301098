import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { useAct } from '../app/use-server.tsx';
import { CopyField } from '../rules/copy-field.tsx';

/** Walks the hash chain on the server and says whether every record holds. */
export function VerifyChain() {
  const { t } = useTranslation('audit');
  const { t: ui } = useTranslation('ui');
  const { run, busy, problem } = useAct('audit.verify');
  const [result, setResult] = useState<Awaited<ReturnType<typeof run>>>(null);
  const [open, setOpen] = useState(false);
  const verify = async () => {
    setResult(await run({}));
    setOpen(true);
  };
  return (
    <>
      <Button size="small" icon="shield" disabled={busy} onClick={() => void verify()}>
        {t(busy ? 'verifying' : 'verify')}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t('verify')}
        footer={<Button onClick={() => setOpen(false)}>{ui('close')}</Button>}
      >
        <div className="stack">
          {problem !== null && (
            <Note icon="error" tone="danger" alert>
              {problem}
            </Note>
          )}
          {result !== null && (
            <Note icon={result.firstBad === null ? 'done' : 'warning'} tone={result.firstBad === null ? 'positive' : 'danger'} alert>
              {result.firstBad === null ? t('good', { count: result.entries }) : t('bad', { sequence: result.firstBad })}
            </Note>
          )}
          {result?.head !== undefined && result.head !== null && (
            <>
              <CopyField label={t('head')} text={result.head} />
              <p className="sm t3 prose">{t('copyHead')}</p>
            </>
          )}
        </div>
      </Dialog>
    </>
  );
}
