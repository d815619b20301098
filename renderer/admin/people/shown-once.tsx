import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';

interface ShownOnceProps {
  name: string;
  memberId: string;
  /** Null where there is nothing to tell: the person chose it, or gets a link. */
  password: string | null;
  /** A link to hand on, where it could not be mailed. */
  link?: string | null;
  onClose: () => void;
  /** What was done. */
  children: ReactNode;
}

/** The end of an act that made a password: it is here, once, to be copied. */
export function ShownOnce({ name, memberId, password, link = null, onClose, children }: ShownOnceProps) {
  const { t } = useTranslation(['members', 'console']);
  const [copied, setCopied] = useState(false);
  const secret = password ?? link;
  const copy = () => void navigator.clipboard.writeText(secret ?? '').then(() => setCopied(true));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('passwordOf', { name })}
      footer={
        <Button look="primary" onClick={onClose}>
          {t('console:close')}
        </Button>
      }
    >
      <div className="form">
        <p className="t2 prose" role="status">
          {children}
        </p>
        {secret !== null && (
          <>
            <dl className="facts">
              <dt>{t('memberId')}</dt>
              <dd className="selectable">{memberId}</dd>
              <dt>{t(password === null ? 'link' : 'password')}</dt>
              <dd>
                <span className="made-password selectable">{secret}</span>
                <Button size="small" icon={copied ? 'check' : 'copy'} onClick={copy}>
                  {t(copied ? 'console:copied' : 'console:copy')}
                </Button>
              </dd>
            </dl>
            <Note icon="warning" tone="caution">
              {t(password === null ? 'linkOnce' : 'passwordOnce')}
            </Note>
          </>
        )}
      </div>
    </Dialog>
  );
}
