import { useEffect, useRef, useState } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { useRemembered } from '../app/use-remembered.ts';
import type { WayStep } from '../app/drive-way.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { Empty, ErrorNote, Note } from '../ui/note.tsx';
import { DetailsPanel } from './details/details-panel.tsx';
import { DropHint } from './drop-hint.tsx';
import { useTools } from './drive-tools.ts';
import { FolderView, type Listing } from './folder-view.tsx';
import { GatheredView } from './gathered-view.tsx';
import { LinksView } from './links-view.tsx';
import { useOverlays } from './overlays.tsx';
import { placeKey, type DrivePlace } from './place.ts';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { SearchFilterBar } from './search-filters.tsx';
import { isSearch, noFilters, type Search } from './search-query.ts';
import { SearchView } from './search-view.tsx';
import type { Selection } from './selection.ts';
import { SyncStatesProvider } from './sync-states.tsx';
import { EditsPanel } from './transfers/edits-panel.tsx';
import { TransfersPanel } from './transfers/transfers-panel.tsx';
import { TrashView } from './trash-view.tsx';
import { useChosen } from './use-chosen.ts';
import { useViewPrefs, type ViewPrefs } from './view-prefs.ts';
import { WorkHead } from './work-head.tsx';

interface DriveWorkProps {
  place: DrivePlace;
  answer: UseQueryResult<Listing>;
  space: Space | undefined;
  firstSpace: Space;
  way: readonly WayStep[];
  isCreating: boolean;
  onCreating: (creating: boolean) => void;
  /** On a narrow window the tree is a step of its own. */
  onShowTree: (() => void) | null;
}

const noNodes: readonly Node[] = [];
const nothingSought: Search = { text: '', ...noFilters };

/** The middle and right columns: where one is, what is there or found, what is on its way, and details of what is chosen. */
export function DriveWork(props: DriveWorkProps) {
  const { place, answer, space, way, onShowTree } = props;
  const { t } = useTranslation('drive');
  const { actions, memoryOf, askedDetails } = useTools();
  const overlays = useOverlays();
  const hasRoom = !useMedia('(max-width: 1119px)');
  const [wantsDetails, setWantsDetails] = useRemembered('drive.details', true);
  const memory = memoryOf(placeKey(place));
  const [selection, setSelectionNow] = useState<Selection>(memory.selection);
  const setSelection = (next: Selection) => {
    memory.keepSelection(next);
    setSelectionNow(next);
  };
  const [search, setSearch] = useState<Search>(nothingSought);
  const [isSeeking, setSeeking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const [prefs, changePrefs] = useViewPrefs(space?.id ?? place.kind);
  const isFolder = place.kind === 'folder';
  const listing = isFolder ? answer.data : undefined;
  const showsDetails = wantsDetails && hasRoom && listing !== undefined && space !== undefined && !isSeeking;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 'i' && event.shiftKey) setWantsDetails(!wantsDetails);
      else if (key === 'f' && !event.shiftKey) field.current?.select();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [wantsDetails, setWantsDetails]);

  const intoGrid = () => main.current?.querySelector<HTMLElement>('[role="grid"], .empty-folder')?.focus();
  const seek = (next: Search) => {
    setSearch(next);
    setSeeking(isSearch(next));
  };
  const leaveSearch = () => {
    setSearch(nothingSought);
    setSeeking(false);
    setTimeout(intoGrid, 0);
  };

  const chosen = useChosen(listing?.nodes ?? noNodes, selection.chosen);
  const last = chosen.find(({ id }) => id === selection.active) ?? chosen.at(-1);
  const here = way.at(-1) ?? null;
  return (
    <>
      <main ref={main} className="main" data-column>
        <WorkHead
          place={place}
          space={space}
          way={way}
          folder={listing?.folder ?? null}
          isViewOnly={listing?.permission === 'read'}
          prefs={prefs}
          onPrefs={changePrefs}
          search={{ text: search.text, isOn: isSeeking }}
          field={field}
          onSearch={(text) => seek({ ...search, text })}
          onIntoResults={intoGrid}
          onLeaveSearch={leaveSearch}
          details={hasRoom && isFolder ? { on: wantsDetails, set: setWantsDetails } : null}
          onShowTree={onShowTree}
        />
        {actions.problem !== null && (
          <div className="drive-notice">
            <Note tone="danger" icon="error" alert action={<LinkButton onClick={actions.dismiss}>{t('dismiss')}</LinkButton>}>
              {actions.problem}
            </Note>
          </div>
        )}
        <DropHint />
        {isSeeking ? (
          <>
            <SearchFilterBar filters={search} onFilters={(filters) => seek({ ...search, ...filters })} here={here?.name ?? null} />
            <SearchView search={search} onSearch={seek} folder={here} onLeave={leaveSearch} />
          </>
        ) : (
          <SyncStatesProvider folder={listing?.folder ?? null}>
            <Contents {...props} prefs={prefs} onPrefs={changePrefs} selection={selection} onSelection={setSelection} />
          </SyncStatesProvider>
        )}
        <EditsPanel onProblem={actions.complain} />
        <TransfersPanel onProblem={actions.complain} />
      </main>
      {showsDetails && (
        <DetailsPanel
          chosen={chosen}
          last={last}
          folder={listing.folder}
          way={way}
          mayEdit={listing.permission === 'edit'}
          actions={actions}
          onShare={(node, start) => overlays.share(node, space, start)}
          onUnlock={(node) => void actions.unlock([node])}
          onClose={() => setWantsDetails(false)}
          asked={askedDetails}
        />
      )}
    </>
  );
}

interface ContentsProps extends DriveWorkProps {
  prefs: ViewPrefs;
  onPrefs: (change: Partial<ViewPrefs>) => void;
  selection: Selection;
  onSelection: (next: Selection) => void;
}

function Contents({ place, answer, space, firstSpace, selection, onSelection, ...rest }: ContentsProps) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const router = useRouter();
  if (place.kind === 'links') return <LinksView selection={selection} onSelection={onSelection} />;
  if (place.kind === 'trash') {
    return space === undefined ? <RowsSkeleton /> : <TrashView space={space} selection={selection} onSelection={onSelection} />;
  }
  if (place.kind !== 'folder') return <GatheredView kind={place.kind} selection={selection} onSelection={onSelection} />;
  const { data: listing, error } = answer;
  const isGone = error instanceof AppError && (error.code === 'not_found' || error.code === 'denied');
  if (isGone) {
    return (
      <Empty
        icon="folder"
        title={t('gone')}
        action={
          <Button size="small" onClick={() => router.go(pathOf('drive', firstSpace.rootId))}>
            {t('toRoot')}
          </Button>
        }
      >
        {t('goneMore')}
      </Empty>
    );
  }
  const retry = { text: t('ui:retry'), onPress: () => void answer.refetch() };
  if (listing === undefined || space === undefined) {
    if (error === null) return <RowsSkeleton />;
    return (
      <div className="drive-notice">
        <ErrorNote title={t('loadFailed')} retry={retry}>
          {explain(problemOf(error))}
        </ErrorNote>
      </div>
    );
  }
  return (
    <>
      {error !== null && (
        <div className="drive-notice">
          <ErrorNote title={t('loadFailed')} retry={retry}>
            {t('loadFailedKept', { why: explain(problemOf(error)) })}
          </ErrorNote>
        </div>
      )}
      <FolderView
        {...rest}
        selection={selection}
        onSelection={onSelection}
        onRefresh={() => void answer.refetch()}
        listing={listing}
        space={space}
      />
    </>
  );
}
