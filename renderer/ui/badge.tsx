import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

const shown = (count: number) => (count > 999 ? '999+' : String(count));

/** A number of unread things. Vermilion only for `mention`; `label` says in words what is counted. */
export function Count({
  count,
  tone = 'neutral',
  mark = '',
  label,
}: {
  count: number;
  tone?: 'neutral' | 'mention' | 'accented' | 'attention';
  mark?: string;
  label: string;
}) {
  return (
    <i className={classNames('count', tone !== 'neutral' && tone)}>
      <span aria-hidden>
        {mark}
        {shown(count)}
      </span>
      <span className="unseen">{label}</span>
    </i>
  );
}

/** A state in a word, with its icon: a colour never speaks alone. */
export function Chip({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: 'neutral' | 'positive' | 'caution' | 'danger' | 'accent';
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <span className={classNames('chip', tone !== 'neutral' && tone)}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

/** Bytes done of bytes; stands still, nothing loops. */
export function Progress({ done, total, label }: { done: number; total: number; label: string }) {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
  return (
    <div className="progress grow" role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}
