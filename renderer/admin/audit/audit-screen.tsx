import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '#shared/contract/admin.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Chip } from '../../ui/badge.tsx';
import { Empty, ErrorNote } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { DataGrid, type Column } from '../app/data-grid.tsx';
import { Page } from '../app/page.tsx';
import { addressOf, useRouter } from '../app/router.tsx';
import { useAsk } from '../app/use-server.tsx';
import { usePeople } from '../rules/member-picker.tsx';
import { useActName } from './act-names.ts';
import { Downloads } from './downloads.tsx';
import { EntryDetails } from './entry-details.tsx';
import { FilterBar } from './filter-bar.tsx';
import { exportAddress, noFilters, searchOf, type Filters } from './filters.ts';
import { isResult, resultTones } from './results.ts';
import { VerifyChain } from './verify-chain.tsx';
import './audit.css';

const pageSize = 100;
/** New records come by themselves; only the page in view is asked again. */
const refreshMs = 5_000;

/** What was done, by whom, to whom, from where and with which result (ADM-34). */
export function AuditScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation('audit');
  const language = useLanguage();
  const router = useRouter();
  const tab = path[0] === 'downloads' ? 'downloads' : 'acts';
  const [filters, setFilters] = useState<Filters>(noFilters);
  return (
    <Page
      title={t('title')}
      mark={
        <Segmented
          label={t('title')}
          value={tab}
          options={[
            { value: 'acts', text: t('tabActs') },
            { value: 'downloads', text: t('tabDownloads') },
          ]}
          onChange={(next) => router.go(next === 'acts' ? addressOf('audit') : addressOf('audit', 'downloads'))}
        />
      }
      actions={
        tab === 'acts' && (
          <>
            <VerifyChain />
            <a className="button small" href={exportAddress(filters, language)} download>
              {t('csv')}
            </a>
          </>
        )
      }
    >
      {tab === 'downloads' ? <Downloads /> : <Acts filters={filters} onFilters={setFilters} />}
    </Page>
  );
}

function Acts({ filters, onFilters }: { filters: Filters; onFilters: (next: Filters) => void }) {
  const { t } = useTranslation('audit');
  const { t: ui } = useTranslation('ui');
  const explain = useExplain();
  const ask = useAsk();
  const people = usePeople();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const asked = useDeferredValue(filters);
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ['audit.search', asked],
    queryFn: ({ pageParam }) =>
      ask('audit.search', { ...searchOf(asked), limit: pageSize, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? undefined : (entries.at(-1)?.sequence ?? undefined)),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? refreshMs : false),
  });
  const columns = useColumns();
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <FilterBar filters={filters} onChange={onFilters} />
      <div className="audit-columns">
        {error !== null && data === undefined ? (
          <div className="page-scroll">
            <ErrorNote title={t('title')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
              {explain(problemOf(error))}
            </ErrorNote>
          </div>
        ) : data === undefined ? (
          <Skeleton rows={10} height={38} label={ui('loading')} />
        ) : entries.length === 0 ? (
          <Empty icon="search" title={t('nothing')} />
        ) : (
          <DataGrid
            label={t('title')}
            columns={columns}
            rows={entries}
            keyOf={({ sequence }) => String(sequence)}
            rowHeight={36}
            onOpen={setOpen}
            onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
          />
        )}
        {open !== null && <EntryDetails entry={open} people={people} onClose={() => setOpen(null)} />}
      </div>
    </>
  );
}

function useColumns(): readonly Column<AuditEntry>[] {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const people = usePeople();
  const actName = useActName();
  const person = (id: string | null): string => (id === null ? t('system') : (people.get(id)?.name ?? id));
  return [
    { id: 'time', title: t('time'), width: '132px', render: ({ at }) => <span className="num cut">{format.stamp(at)}</span> },
    {
      id: 'actor',
      title: t('actor'),
      width: 'minmax(96px, 1fr)',
      render: ({ actorId }) => <span className={actorId === null ? 'cut t3' : 'cut'}>{person(actorId)}</span>,
    },
    {
      id: 'action',
      title: t('action'),
      width: 'minmax(140px, 1.4fr)',
      render: ({ action }) => <span className="cut">{actName(action)}</span>,
    },
    {
      id: 'target',
      title: t('target'),
      width: 'minmax(96px, 1fr)',
      // Where an act was done to something of a person's (a session, a device), it is the person that is looked for.
      render: ({ target, details: { memberId } }) => (
        <span className="cut t2">
          {people.get(target ?? '')?.name ?? (typeof memberId === 'string' ? (people.get(memberId)?.name ?? memberId) : target)}
        </span>
      ),
    },
    {
      id: 'result',
      title: t('result'),
      width: '76px',
      render: ({ result }) => (isResult(result) ? <Chip tone={resultTones[result]}>{t(`result_${result}`)}</Chip> : result),
    },
    { id: 'address', title: t('address'), width: '120px', render: ({ address }) => <span className="num cut t2">{address}</span> },
  ];
}
