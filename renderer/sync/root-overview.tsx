import { useTranslation } from 'react-i18next';
import type { SyncConflict } from '#shared/contract/sync-care.ts';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAnswer, useHost } from '../app/host-context.tsx';
import { LinkButton } from '../ui/button.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { saveText } from '../ui/save-file.ts';
import { ActivityList } from './activity-list.tsx';
import { ConflictCard } from './conflict-card.tsx';
import { GuardCard } from './guard-card.tsx';
import type { IssueGroups } from './issues.ts';
import { skippedList } from './skipped-list.ts';
import { SkippedTable } from './skipped-table.tsx';
import { useIssueTexts } from './reason-text.ts';

interface RootOverviewProps {
  root: SyncRoot;
  groups: IssueGroups;
  conflicts: readonly SyncConflict[];
  ask: (what: Promise<unknown> | undefined) => void;
  onShow: (path: string) => void;
}

/** What needs a person, what was left out and why, and what was done. */
export function RootOverview({ root, groups: { guards, skipped }, conflicts, ask, onShow }: RootOverviewProps) {
  const { t } = useTranslation(['sync', 'ui']);
  const { sync } = useHost();
  const explain = useExplain();
  const texts = useIssueTexts();
  const { rootId } = root;
  const activity = useAnswer('sync.activity', { rootId });
  const needs = guards.length + conflicts.length;
  return (
    <>
      {needs > 0 && (
        <section aria-label={t('attentionTitle')}>
          <h2>
            {t('attentionTitle')} <span className="t3 num">{needs}</span>
          </h2>
          {guards.map((issue) => (
            <GuardCard key={issue.reason} issue={issue} onAnswer={(answer) => ask(sync?.['sync.answerGuard']({ rootId, answer }))} />
          ))}
          {conflicts.map((conflict) => (
            <ConflictCard
              key={conflict.conflictId}
              conflict={conflict}
              onShow={onShow}
              onChoose={(choice) => ask(sync?.['sync.resolve']({ rootId, conflictId: conflict.conflictId, choice }))}
            />
          ))}
        </section>
      )}
      {skipped.length > 0 && (
        <section aria-label={t('skippedTitle')}>
          <h2 className="row">
            <span className="grow">
              {t('skippedTitle')} <span className="t3 num">{skipped.length}</span>
            </span>
            <LinkButton
              className="sm"
              onClick={() => saveText(`${root.spaceName}.csv`, skippedList(skipped, texts, [t('name'), t('why'), t('fix')]))}
            >
              {t('saveList')}
            </LinkButton>
          </h2>
          <SkippedTable issues={skipped} onRetry={() => ask(sync?.['sync.retry']({ rootId }))} />
        </section>
      )}
      <section aria-label={t('activityTitle')}>
        <h2>{t('activityTitle')}</h2>
        {activity.data !== undefined && <ActivityList activity={activity.data.activity} />}
        {activity.isError && (
          <ErrorNote title={t('loadFailed')} retry={{ text: t('ui:retry'), onPress: () => void activity.refetch() }}>
            {explain(problemOf(activity.error))}
          </ErrorNote>
        )}
      </section>
    </>
  );
}
