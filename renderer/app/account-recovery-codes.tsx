import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import { useHost } from './host-context.tsx';
import { saveText } from '../ui/save-file.ts';

/** Recovery codes, shown once: to copy, to print and, in a browser, to save as a file. */
export function RecoveryCodes({ codes, member }: { codes: readonly string[]; member: string }) {
  const { t } = useTranslation('login');
  const host = useHost();
  const [copied, setCopied] = useState(false);
  const heading = t('codesHeading', { member });
  const text = [heading, '', ...codes, ''].join('\n');
  const copy = () => {
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  const save = () => saveText('hikyaku-recovery-codes.txt', text, 'text/plain');
  return (
    <>
      <div className="recovery-codes">
        <p className="print-only">{heading}</p>
        <ul className="num selectable" aria-label={t('codesTitle')}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div className="row" style={{ marginTop: 10 }}>
        <Button size="small" icon={copied ? 'check' : 'copy'} onClick={copy}>
          {t(copied ? 'copied' : 'copyCodes')}
        </Button>
        <Button size="small" onClick={() => window.print()}>
          {t('printCodes')}
        </Button>
        {host.shell === null && (
          <Button size="small" icon="download" onClick={save}>
            {t('saveCodes')}
          </Button>
        )}
      </div>
      <div style={{ marginTop: 12 }}>
        <Note icon="info">{t('codesOnce')}</Note>
      </div>
    </>
  );
}
