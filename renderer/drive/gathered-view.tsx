import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import type { IconName } from '../ui/icon.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { useTools } from './drive-tools.ts';
import { NodesView, type Gathered } from './nodes-view.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import type { Selection } from './selection.ts';
import { useFreshAnswer } from './use-fresh-answer.ts';

interface GatheredViewProps {
  kind: 'recent' | 'starred';
  selection: Selection;
  onSelection: (next: Selection) => void;
}

const icons: Readonly<Record<GatheredViewProps['kind'], IconName>> = { recent: 'clock', starred: 'star' };

/** What the person used lately, or starred, from all drives (DRV-01). */
export function GatheredView({ kind, selection, onSelection }: GatheredViewProps) {
  const { t } = useTranslation(['explorer', 'ui']);
  const explain = useExplain();
  const { accountId } = useAccount();
  const { memoryOf } = useTools();
  const recent = useAnswer('drive.recent', kind === 'recent' ? { accountId } : null);
  const starred = useAnswer('drive.starred', kind === 'starred' ? { accountId } : null);
  const answer: UseQueryResult<{ nodes: readonly Gathered[] }> = kind === 'recent' ? recent : starred;
  useFreshAnswer(answer);
  const items = answer.data?.nodes;
  const retry = { text: t('ui:retry'), onPress: () => void answer.refetch() };
  if (items === undefined) {
    if (!answer.isError) return <RowsSkeleton />;
    return (
      <div className="drive-notice">
        <ErrorNote title={t('listFailed')} retry={retry}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  if (items.length === 0) {
    return (
      <Empty icon={icons[kind]} title={t(`empty_${kind}`)}>
        {t(`empty_${kind}_more`)}
      </Empty>
    );
  }
  return (
    <>
      {answer.isError && (
        <div className="drive-notice">
          <ErrorNote title={t('listFailed')} retry={retry}>
            {explain(problemOf(answer.error))}
          </ErrorNote>
        </div>
      )}
      <NodesView
        label={t(`place_${kind}`)}
        items={items}
        selection={selection}
        onSelection={onSelection}
        memory={memoryOf(kind)}
        onRefresh={() => void answer.refetch()}
      />
    </>
  );
}
