import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { Button } from '../ui/button.tsx';
import { Empty, ErrorNote, Note } from '../ui/note.tsx';
import { NodesView, placeText } from './nodes-view.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { markHits } from './search-marks.ts';
import type { Search } from './search-query.ts';
import { nothingChosen, type Selection } from './selection.ts';
import { useSearch, type Hit } from './use-search.ts';

/** A text with what was looked for marked in it. */
function Marked({ text, query }: { text: string; query: string }) {
  return markHits(text, query).map(({ text: part, hit }, index) =>
    hit ? <mark key={index}>{part}</mark> : <span key={index}>{part}</span>,
  );
}

interface SearchViewProps {
  search: Search;
  onSearch: (search: Search) => void;
  /** The folder in view, if one is. */
  folder: { readonly id: string; readonly name: string } | null;
  onLeave: () => void;
}

/** What is found in names and contents, the best first (DRV-16). */
export function SearchView({ search, onSearch, folder, onLeave }: SearchViewProps) {
  const { t } = useTranslation(['explorer', 'ui']);
  const explain = useExplain();
  const [selection, setSelection] = useState<Selection>(nothingChosen);
  const { answer, hits, pending, isOld, query } = useSearch(search, folder?.id ?? null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = answer;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const tallName = useCallback(
    ({ node, excerpt, place }: Hit) => (
      <span className="col found">
        <span className="cut" title={node.name}>
          <Marked text={node.name} query={query} />
        </span>
        <span className="cut xs t3">{excerpt === null ? placeText(place) : <Marked text={excerpt} query={query} />}</span>
      </span>
    ),
    [query],
  );
  const isHere = search.where === 'here' && folder !== null;
  const where = isHere ? t('searchedIn', { folder: folder.name }) : t('searchedEverywhere');
  const reading = pending > 0 ? t('stillReading', { count: pending }) : null;

  if (answer.isError && hits === undefined) {
    return (
      <div className="drive-notice">
        <ErrorNote title={t('searchFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  if (hits === undefined) return <RowsSkeleton />;
  if (hits.length === 0) {
    if (isOld) return <RowsSkeleton />;
    return (
      <Empty
        icon="search"
        title={search.text.trim() === '' ? t('nothingFound') : t('notFound', { text: search.text.trim() })}
        {...(isHere
          ? {
              action: (
                <Button size="small" onClick={() => onSearch({ ...search, where: 'everywhere' })}>
                  {t('searchEverywhere')}
                </Button>
              ),
            }
          : {})}
      >
        {where}
        {reading !== null && (
          <>
            <br />
            {reading}
          </>
        )}
      </Empty>
    );
  }
  return (
    <>
      {reading !== null && (
        <div className="drive-notice">
          <Note icon="info">{reading}</Note>
        </div>
      )}
      <NodesView
        label={t('found')}
        items={hits}
        selection={selection}
        onSelection={setSelection}
        onRefresh={() => void answer.refetch()}
        tallName={tallName}
        onEnd={onEnd}
        onKey={(event) => {
          if (event.key !== 'Escape' || selection.chosen.size > 1) return;
          event.preventDefault();
          onLeave();
        }}
        head={
          <div className="selection-bar idle">
            <span className="num t2 bar-count" role="status">
              {t(hasNextPage ? 'foundMore' : 'foundCount', { count: hits.length })}
            </span>
            <span className="t3 sm cut">{where}</span>
          </div>
        }
      />
    </>
  );
}
