import { useEffect, useState } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import type { Space } from '#shared/model/drive.ts';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { Chip } from '../ui/badge.tsx';
import { Button, IconButton, LinkButton } from '../ui/button.tsx';
import { Empty, ErrorNote, Note } from '../ui/note.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import type { CutNodes } from './cut.ts';
import { DetailsPanel } from './details/details-panel.tsx';
import { DropHint } from './drop-hint.tsx';
import { FolderView, type Listing } from './folder-view.tsx';
import { useOverlays } from './overlays.tsx';
import { nothingChosen, type Selection } from './selection.ts';
import { EditsPanel } from './transfers/edits-panel.tsx';
import { TransfersPanel } from './transfers/transfers-panel.tsx';
import { TrashView } from './trash-view.tsx';
import type { DriveActions } from './use-drive-actions.ts';
import { useRemembered } from '../app/use-remembered.ts';
import type { WayStep } from '../app/drive-way.ts';

interface DriveWorkProps {
  answer: UseQueryResult<Listing>;
  space: Space | undefined;
  firstSpace: Space;
  way: readonly WayStep[];
  isTrash: boolean;
  actions: DriveActions;
  cut: CutNodes | null;
  onCut: (cut: CutNodes | null) => void;
  isCreating: boolean;
  onCreating: (creating: boolean) => void;
  /** On a narrow window the tree is a step of its own. */
  onShowTree: (() => void) | null;
}

/** The middle and right columns: where one is, what is there, what is on its way, and details of what is chosen. */
export function DriveWork(props: DriveWorkProps) {
  const { answer, space, way, isTrash, actions, cut, onCut, onShowTree } = props;
  const { t } = useTranslation('drive');
  const overlays = useOverlays();
  const hasRoom = !useMedia('(max-width: 1119px)');
  const [wantsDetails, setWantsDetails] = useRemembered('drive.details', true);
  const [selection, setSelection] = useState<Selection>(nothingChosen);
  const listing = answer.data;
  const showsDetails = wantsDetails && hasRoom && !isTrash && listing !== undefined && space !== undefined;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'i') return;
      event.preventDefault();
      setWantsDetails(!wantsDetails);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [wantsDetails, setWantsDetails]);

  const chosen = listing?.nodes.filter(({ id }) => selection.chosen.has(id)) ?? [];
  const last = chosen.find(({ id }) => id === selection.active) ?? chosen.at(-1);
  return (
    <>
      <main className="main" data-column>
        <div className="head">
          {onShowTree !== null && <IconButton icon="back" label={t('backToFolders')} onClick={onShowTree} />}
          {isTrash && space !== undefined && <h1 className="cut">{t('trashOf', { space: space.name })}</h1>}
          {!isTrash && space !== undefined && <Breadcrumbs space={space} way={way} />}
          {space === undefined && <h1 className="unseen">{t('title')}</h1>}
          {listing?.permission === 'read' && !isTrash && <Chip icon="lock">{t('viewOnly')}</Chip>}
          <span className="push" />
          {hasRoom && !isTrash && (
            <IconButton
              icon="details"
              label={t('details')}
              keys="Ctrl Shift I"
              pressed={wantsDetails}
              onClick={() => setWantsDetails(!wantsDetails)}
            />
          )}
        </div>
        {actions.problem !== null && (
          <div className="drive-notice">
            <Note tone="danger" icon="error" alert action={<LinkButton onClick={actions.dismiss}>{t('dismiss')}</LinkButton>}>
              {actions.problem}
            </Note>
          </div>
        )}
        <DropHint />
        {isTrash && space !== undefined ? (
          <TrashView space={space} selection={selection} onSelection={setSelection} actions={actions} />
        ) : (
          <Contents {...props} selection={selection} onSelection={setSelection} onShowDetails={() => setWantsDetails(true)} />
        )}
        {cut !== null && <CutBar cut={cut} onClear={() => onCut(null)} />}
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
          onUnlock={null}
          onClose={() => setWantsDetails(false)}
        />
      )}
    </>
  );
}

interface ContentsProps extends DriveWorkProps {
  selection: Selection;
  onSelection: (next: Selection) => void;
  onShowDetails: () => void;
}

function Contents({ answer, space, firstSpace, ...rest }: ContentsProps) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const router = useRouter();
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
      <FolderView {...rest} listing={listing} space={space} />
    </>
  );
}

function CutBar({ cut, onClear }: { cut: CutNodes; onClear: () => void }) {
  const { t } = useTranslation('drive');
  return (
    <div className="drive-notice">
      <Note icon="move" action={<LinkButton onClick={onClear}>{t('dismiss')}</LinkButton>}>
        {t('cutHint', { count: cut.nodes.length })}
      </Note>
    </div>
  );
}
