import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';

interface LoginPanelProps {
  title: string;
  /** One sentence: what is asked and why. */
  lead?: ReactNode;
  children?: ReactNode;
  /** What else can be done instead, under the buttons. */
  instead?: ReactNode;
  /** Steps back; missing where there is no way back. */
  onBack?: () => void;
  /** What goes on; missing where the panel only waits. */
  submit?: { text: string; disabled: boolean; onSubmit: () => void };
}

/** One calm step in the login window: what is asked, its fields, back at the left and on at the right. */
export function LoginPanel({ title, lead, children, instead, onBack, submit }: LoginPanelProps) {
  const { t } = useTranslation('login');
  const heading = useRef<HTMLHeadingElement>(null);
  // A new step is read out from its heading, unless it put the focus into a field.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus();
  }, []);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (submit !== undefined && !submit.disabled) submit.onSubmit();
  };
  return (
    <form className="login-panel" onSubmit={onSubmit} noValidate>
      <h1 ref={heading} tabIndex={-1} className="phrase">
        {title}
      </h1>
      {lead !== undefined && <p className="t2 phrase">{lead}</p>}
      {children}
      <div className="row login-panel-foot">
        {onBack !== undefined && (
          <Button look="quiet" icon="back" onClick={onBack}>
            {t('back')}
          </Button>
        )}
        {submit !== undefined && (
          <Button type="submit" look="primary" className="push" disabled={submit.disabled}>
            {submit.text}
          </Button>
        )}
      </div>
      {instead}
    </form>
  );
}
