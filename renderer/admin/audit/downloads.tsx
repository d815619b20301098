import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DownloadEntry } from '#shared/contract/admin.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Empty, ErrorNote } from '../../ui/note.tsx';
import { FileName } from '../../ui/file.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { DataGrid, type Column } from '../app/data-grid.tsx';
import { useAsk } from '../app/use-server.tsx';
import { useKindName } from '../rules/client-kinds.ts';
import { DownloadFilterBar } from './download-filter-bar.tsx';
import { DownloadLogState } from './download-log-state.tsx';
import { downloadSearchOf, noDownloadFilters } from './filters.ts';

const pageSize = 100;
/** New records come by themselves; only the page in view is asked again. */
const refreshMs = 5_000;

/** FIL-07: who downloaded or viewed what, while it is recorded. */
export function Downloads() {
  const { t } = useTranslation('audit');
  const { t: ui } = useTranslation('ui');
  const ask = useAsk();
  const explain = useExplain();
  const [filters, setFilters] = useState(noDownloadFilters);
  const asked = useDeferredValue(filters);
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ['download.search', asked],
    queryFn: ({ pageParam }) =>
      ask('download.search', { ...downloadSearchOf(asked), limit: pageSize, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? undefined : entries.at(-1)?.id),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? refreshMs : false),
  });
  const columns = useColumns();
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <DownloadLogState />
      <DownloadFilterBar filters={filters} onChange={setFilters} />
      <div className="audit-columns">
        {error !== null && data === undefined ? (
          <div className="page-scroll">
            <ErrorNote title={t('tabDownloads')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
              {explain(problemOf(error))}
            </ErrorNote>
          </div>
        ) : data === undefined ? (
          <Skeleton rows={10} height={38} label={ui('loading')} />
        ) : entries.length === 0 ? (
          <Empty icon="download" title={t('noDownloads')} />
        ) : (
          <DataGrid
            label={t('tabDownloads')}
            columns={columns}
            rows={entries}
            keyOf={({ id }) => id}
            rowHeight={36}
            onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
          />
        )}
      </div>
    </>
  );
}

function useColumns(): readonly Column<DownloadEntry>[] {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const kindName = useKindName();
  return [
    { id: 'time', title: t('time'), width: '132px', render: ({ at }) => <span className="num cut">{format.stamp(at)}</span> },
    { id: 'member', title: t('member'), width: 'minmax(96px, 1fr)', render: ({ memberName }) => <span className="cut">{memberName}</span> },
    { id: 'file', title: t('file'), width: 'minmax(140px, 2fr)', render: ({ name }) => <FileName name={name} /> },
    { id: 'service', title: t('service'), width: '80px', render: ({ service }) => t(service) },
    { id: 'client', title: t('client'), width: '140px', render: ({ client }) => <span className="cut">{kindName(client)}</span> },
    { id: 'address', title: t('address'), width: '120px', render: ({ address }) => <span className="num cut t2">{address}</span> },
    {
      id: 'size',
      title: t('size'),
      width: '88px',
      end: true,
      render: ({ sizeBytes }) => <span className="num">{format.size(sizeBytes)}</span>,
    },
  ];
}
