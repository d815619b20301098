import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { ErrorNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

/** A screen's heading row and what is under it. */
export function Page({
  title,
  mark,
  actions,
  children,
}: {
  title: ReactNode;
  /** Words beside the title: a count, a state. */
  mark?: ReactNode;
  /** Buttons at the right edge. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {mark}
        {actions !== undefined && <span className="row push">{actions}</span>}
      </div>
      {children}
    </div>
  );
}

/** What an answer shows: rows in waiting at first, why it failed with a way to try again, then the content, which stays while it is asked again. */
export function Answered<T>({
  answer,
  children,
  rows = 10,
}: {
  answer: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  const { t } = useTranslation(['console', 'ui']);
  const explain = useExplain();
  const { data, error } = answer;
  if (data !== undefined) return children(data);
  if (error === null) return <Skeleton rows={rows} height={38} label={t('ui:loading')} />;
  return (
    <div className="page-scroll">
      <ErrorNote title={t('failed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(error))}
      </ErrorNote>
    </div>
  );
}
