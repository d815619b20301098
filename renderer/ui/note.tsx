import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

/** A sentence that stays where it belongs: information, caution, refusal or good news. */
export function Note({
  tone = 'neutral',
  icon,
  children,
  action,
  alert = false,
}: {
  tone?: 'neutral' | 'caution' | 'danger' | 'positive' | 'accent';
  icon: IconName;
  children: ReactNode;
  action?: ReactNode;
  alert?: boolean;
}) {
  return (
    <div className={classNames('note', tone !== 'neutral' && tone)} {...(alert ? { role: 'alert' } : {})}>
      <Icon name={icon} size={16} />
      <span className="note-text phrase">{children}</span>
      {action}
    </div>
  );
}

/** The shield line: a rule decides this, which one, and whom to ask. */
export function RuleNote({ children, id }: { children: ReactNode; id?: string }) {
  return (
    <span className="rule-note" id={id}>
      <Icon name="shield" size={13} />
      <span className="phrase">{children}</span>
    </span>
  );
}

/** A failure where it happened: what, what is shown instead, one way to try again, a number to quote. */
export function ErrorNote({
  title,
  children,
  retry,
  number,
}: {
  title: string;
  children?: ReactNode;
  retry?: { text: string; onPress: () => void };
  number?: string | null;
}) {
  return (
    <div className="error-note" role="alert">
      <span className="row">
        <Icon name="error" size={16} className="danger" />
        <b>{title}</b>
      </span>
      {children !== undefined && <p className="sm t2 prose">{children}</p>}
      <span className="row" style={{ marginTop: 8 }}>
        {retry !== undefined && (
          <button type="button" className="button small" onClick={retry.onPress}>
            {retry.text}
          </button>
        )}
        {number !== undefined && number !== null && <span className="xs t3 num push number">{number}</span>}
      </span>
    </div>
  );
}

/** Nothing here: one icon, one sentence, one action. */
export function Empty({ icon, title, children, action }: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty grow">
      <Icon name={icon} size={24} className="t3" />
      <b className="phrase">{title}</b>
      {children !== undefined && <span className="sm prose">{children}</span>}
      {action}
    </div>
  );
}
