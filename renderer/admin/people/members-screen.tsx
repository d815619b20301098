import { useInfiniteQuery, keepPreviousData } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Role, type MemberState } from '#shared/model/member.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, ErrorNote, Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useLanguage } from '../../ui/use-format.ts';
import { DataGrid } from '../app/data-grid.tsx';
import { Page } from '../app/page.tsx';
import { addressOf, useRouter } from '../app/router.tsx';
import { useAsk } from '../app/use-server.tsx';
import { AddMember } from './add-member.tsx';
import { useOrganisations } from './choices.ts';
import { ImportMembers } from './import-members.tsx';
import { MemberPage } from './member-page.tsx';
import { presentStates } from './member-words.ts';
import { saveAnswer } from '../../ui/save-file.ts';
import { useMemberColumns } from './use-member-columns.tsx';
import { useMemberActs } from './use-member-acts.tsx';

type View = 'current' | 'waiting' | 'blocked' | 'deleted';
const pageSize = 200;

/** Members: the list, or the page of one. */
export function MembersScreen({ path: [id] }: { path: readonly string[] }) {
  return (
    <>
      {id !== undefined && <MemberPage key={id} id={id} />}
      {/* The list keeps its place while a member's page is in front of it. */}
      <div className="page" hidden={id !== undefined}>
        <MemberList />
      </div>
    </>
  );
}

interface Filters {
  readonly view: View;
  readonly text: string;
  readonly state: MemberState | '';
  readonly organisationId: string;
  readonly role: Role | '';
}
const noFilters: Filters = { view: 'current', text: '', state: '', organisationId: '', role: '' };

function statesOf({ view, state }: Filters): MemberState[] {
  if (view === 'deleted') return ['deleted'];
  if (view === 'waiting') return ['waiting'];
  return state === '' ? presentStates : [state];
}

/** The members that match, page by page as they come into view. */
function useMembers(filters: Filters) {
  const ask = useAsk();
  const text = useDeferredValue(filters.text.trim());
  const input = {
    ...(text === '' ? {} : { text }),
    states: statesOf(filters),
    ...(filters.organisationId === '' ? {} : { organisationId: filters.organisationId }),
    ...(filters.role === '' ? {} : { roles: [filters.role] }),
    ...(filters.view === 'blocked' ? { appBlocked: true } : {}),
    limit: pageSize,
  };
  const query = useInfiniteQuery({
    queryKey: ['member.list', 'pages', input],
    queryFn: ({ pageParam }) => ask('member.list', { ...input, ...(pageParam === '' ? {} : { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.complete ? undefined : last.members.at(-1)?.memberId),
    placeholderData: keepPreviousData,
  });
  const members = useMemo(() => query.data?.pages.flatMap((page) => page.members) ?? [], [query.data]);
  return { query, members, total: query.data?.pages[0]?.total ?? 0 };
}

function MemberList() {
  const { t } = useTranslation(['members', 'console', 'ui']);
  const router = useRouter();
  const explain = useExplain();
  const language = useLanguage();
  const [filters, setFilters] = useState<Filters>(noFilters);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState<'one' | 'file' | null>(null);
  const columns = useMemberColumns();
  const { choices } = useOrganisations();
  const { query, members, total } = useMembers(filters);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const set = (some: Partial<Filters>) => {
    setFilters((now) => ({ ...now, ...some }));
    setChosen(new Set());
  };
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const open = (member: AdministeredMember) => router.go(addressOf('members', member.id));
  const selected = members.filter(({ id }) => chosen.has(id));
  const acts = useMemberActs(selected, () => setChosen(new Set()));
  const save = (list: 'members' | 'blocked-members') => saveAnswer(`/api/exports/${list}.xlsx?language=${language}`);
  const isFiltered = filters.text.trim() !== '' || filters.state !== '' || filters.organisationId !== '' || filters.role !== '';

  return (
    <>
      <Page
        title={t('title')}
        mark={data !== undefined && <span className="t3 num">{t('count', { count: total })}</span>}
        actions={
          <>
            <Menu
              align="end"
              entries={[
                { text: t('import'), icon: 'upload', onSelect: () => setAdding('file') },
                'line',
                { text: t('export'), icon: 'download', onSelect: () => save('members') },
                { text: t('exportBlocked'), icon: 'download', onSelect: () => save('blocked-members') },
              ]}
            >
              <IconButton icon="more" label={t('more')} />
            </Menu>
            <Button look="primary" icon="plus" onClick={() => setAdding('one')}>
              {t('add')}
            </Button>
          </>
        }
      >
        <div className="filters" role="search">
          <Segmented
            label={t('view')}
            value={filters.view}
            options={[
              { value: 'current', text: t('viewCurrent') },
              { value: 'waiting', text: t('viewWaiting') },
              { value: 'blocked', text: t('viewBlocked') },
              { value: 'deleted', text: t('viewDeleted') },
            ]}
            onChange={(view) => set({ view, state: '' })}
          />
          <span className="field compact find">
            <Icon name="search" size={14} className="t3" />
            <input
              type="search"
              aria-label={t('search')}
              placeholder={t('search')}
              value={filters.text}
              maxLength={100}
              onChange={(event) => set({ text: event.target.value })}
            />
          </span>
          {filters.view !== 'waiting' && filters.view !== 'deleted' && (
            <Select
              label={t('state')}
              value={filters.state}
              options={[
                { value: '', text: t('filterAll', { name: t('state') }) },
                ...presentStates.map((state) => ({ value: state, text: t(`state_${state}`) })),
              ]}
              onChange={(state) => set({ state })}
            />
          )}
          <Select
            label={t('organisation')}
            value={filters.organisationId}
            options={[{ value: '', text: t('filterAll', { name: t('organisation') }) }, ...choices]}
            onChange={(organisationId) => set({ organisationId })}
          />
          <Select
            label={t('role')}
            value={filters.role}
            options={[
              { value: '', text: t('filterAll', { name: t('role') }) },
              ...Role.options.map((role) => ({ value: role, text: t(`console:role_${role}`) })),
            ]}
            onChange={(role) => set({ role })}
          />
        </div>
        {acts.batch.problem !== null && (
          <div className="page-note">
            <Note
              icon="error"
              tone="danger"
              alert
              action={<IconButton icon="close" small label={t('ui:close')} onClick={acts.batch.clear} />}
            >
              {acts.batch.problem}
            </Note>
          </div>
        )}
        {data === undefined && error !== null ? (
          <div className="page-scroll">
            <ErrorNote title={t('console:failed')} retry={{ text: t('ui:retry'), onPress: () => void query.refetch() }}>
              {explain(problemOf(error))}
            </ErrorNote>
          </div>
        ) : data === undefined ? (
          <Skeleton rows={14} height={40} label={t('ui:loading')} />
        ) : members.length === 0 ? (
          <NoMembers view={filters.view} isFiltered={isFiltered} onClear={() => set({ ...noFilters, view: filters.view })} />
        ) : (
          <DataGrid
            label={t('list')}
            columns={columns}
            rows={members}
            keyOf={({ id }) => id}
            total={total}
            onOpen={open}
            onEnd={onEnd}
            selection={{ chosen, change: setChosen, labelOf: ({ name }) => t('choose', { name }), all: t('chooseAll') }}
          />
        )}
        {selected.length > 0 && (
          <div className="selection-strip" role="toolbar" aria-label={t('chosen', { count: selected.length })}>
            <b className="num">{t('chosen', { count: selected.length })}</b>
            {acts.acts
              .filter(({ id }) => quick.has(id))
              .map(({ id, text, icon, run }) => (
                <Button key={id} size="small" icon={icon} disabled={acts.batch.busy} onClick={run}>
                  {text}
                </Button>
              ))}
            <Menu entries={acts.entries([...quick])} side="top">
              <Button size="small" icon="more" disabled={acts.batch.busy}>
                {t('more')}
              </Button>
            </Menu>
            <span className="push">
              <Button size="small" look="quiet" onClick={() => setChosen(new Set())}>
                {t('unchoose')}
              </Button>
            </span>
          </div>
        )}
      </Page>
      {acts.dialog}
      {adding === 'one' && <AddMember onClose={() => setAdding(null)} />}
      {adding === 'file' && <ImportMembers onClose={() => setAdding(null)} />}
    </>
  );
}

/** Acts that stand in the strip themselves; the others are one step further. */
const quick: ReadonlySet<string> = new Set(['approve', 'reject', 'edit', 'move', 'suspend', 'restore', 'block', 'unblock', 'undelete']);

function NoMembers({ view, isFiltered, onClear }: { view: View; isFiltered: boolean; onClear: () => void }) {
  const { t } = useTranslation('members');
  if (isFiltered || view === 'current') {
    return (
      <Empty icon="search" title={t('none')} {...(isFiltered ? { action: <Button onClick={onClear}>{t('noneClear')}</Button> } : {})}>
        {t('noneMore')}
      </Empty>
    );
  }
  if (view === 'deleted') {
    return (
      <Empty icon="trash" title={t('noneDeleted')}>
        {t('noneDeletedMore')}
      </Empty>
    );
  }
  return <Empty icon="person" title={t(view === 'waiting' ? 'noneWaiting' : 'noneBlocked')} />;
}
