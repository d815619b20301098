import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { useMedia } from '../app/appearance.ts';
import { useRemembered } from '../app/use-remembered.ts';
import { spaceGroups, wayTo } from '../app/drive-way.ts';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { classNames } from '../ui/class-names.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import type { Clip } from './clip.ts';
import type { AskedDetails } from './details/asked-details.ts';
import { DriveSide } from './drive-side.tsx';
import { PlaceMemory, ToolsProvider, type DriveTools, type Sending } from './drive-tools.ts';
import { DriveWork } from './drive-work.tsx';
import { DropField, type Dropped } from './drop-zone.tsx';
import { droppedFiles } from './dropped-files.ts';
import type { DropTarget } from './drop.ts';
import { OverlaysProvider } from './overlays.tsx';
import { placeKey, placeOf } from './place.ts';
import { SendDialog } from './send-dialog.tsx';
import { ThumbnailContext } from './thumbnail.tsx';
import { useDriveActions } from './use-drive-actions.ts';
import { useMarks } from './use-marks.ts';
import './drive.css';
import './explorer.css';

const isTyping = (event: KeyboardEvent): boolean =>
  event.isComposing || (event.target instanceof HTMLElement && event.target.matches('input, textarea, [contenteditable]'));

/** Drive: its places, one of them at a time, and details. Its path is as `placeOf` reads it; none means where one was last. */
export function DriveScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const { shell } = useHost();
  const { accountId, policy } = useAccount();
  const actions = useDriveActions();
  const marks = useMarks();
  const isNarrow = useMedia('(max-width: 759px)');
  const [remembered, remember] = useRemembered<readonly string[]>('drive.place', []);
  const [, setWantsDetails] = useRemembered('drive.details', true);
  const [remembers, keepMemories] = useRemembered<ReadonlyMap<string, PlaceMemory> | null>('drive.memories', null);
  const [memories] = useState(() => new Map(remembers));
  useEffect(() => keepMemories(memories), [keepMemories, memories]);
  const [showsTree, setShowsTree] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const [clip, setClip] = useState<Clip | null>(null);
  const [sending, send] = useState<Sending | null>(null);

  const answer = useAnswer('drive.spaces', { accountId });
  const baseUrl = useAnswer('content.base', { accountId }).data?.url ?? null;
  const thumbnails = useMemo(() => ({ baseUrl, without: new Set<string>() }), [baseUrl]);
  // One's own drive is called so in one's own language, whatever the server's is.
  const spaces = useMemo(
    () =>
      spaceGroups(answer.data?.spaces ?? [])
        .flatMap((group) => group.spaces)
        .map((space) => (space.kind === 'my' ? { ...space, name: t('mySpaces') } : space)),
    [answer.data, t],
  );
  const isSpace = (id: string) => spaces.some((space) => space.id === id);
  const first = spaces[0];
  const place =
    placeOf(path.length > 0 ? path : remembered, isSpace) ??
    (first === undefined ? null : { kind: 'folder' as const, folderId: first.rootId });
  const folderId = place?.kind === 'folder' ? place.folderId : null;
  const listing = useAnswer('drive.children', folderId === null ? null : { accountId, folderId });
  const space = spaces.find(({ id }) => id === (place?.kind === 'trash' ? place.spaceId : listing.data?.folder.spaceId));
  const way = useMemo(
    () =>
      space === undefined || listing.data === undefined || folderId === null ? [] : wayTo(space, listing.data.path, listing.data.folder),
    [space, listing.data, folderId],
  );
  const pathKey = path.join('/');
  useEffect(() => {
    if (pathKey !== '') remember(pathKey.split('/'));
    setCreating(false);
  }, [pathKey, remember]);

  const mayAdd = folderId !== null && space !== undefined && listing.data?.permission === 'edit';
  const add = (folders: boolean) => {
    if (mayAdd) void actions.chooseAndUpload(space.id, folderId, folders);
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
      const key = event.key.toLowerCase();
      if (key === 'u' && event.shiftKey) add(false);
      else if (key === 'n' && event.shiftKey && mayAdd) setCreating(true);
      else if (key === 'z' && !event.shiftKey) void actions.undo();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  });

  const memoryOf = useCallback(
    (key: string) => {
      const memory = memories.get(key) ?? new PlaceMemory();
      memories.set(key, memory);
      return memory;
    },
    [memories],
  );
  const [askedDetails, setAskedDetails] = useState<AskedDetails>({ tab: 'facts', times: 0 });
  const showDetails = useCallback(
    (tab: AskedDetails['tab']) => {
      setWantsDetails(true);
      setAskedDetails(({ times }) => ({ tab, times: times + 1 }));
    },
    [setWantsDetails],
  );
  const tools = useMemo<DriveTools>(
    () => ({ spaces, actions, marks, clip, setClip, send, memoryOf, showDetails, askedDetails }),
    [spaces, actions, marks, clip, memoryOf, showDetails, askedDetails],
  );

  const onDrop = (target: DropTarget, dropped: Dropped) => {
    const to = { id: target.folderId, name: target.name, spaceId: target.spaceId };
    if (dropped.kind === 'nodes') {
      const nodes = dropped.dragged.nodes.map((node) => ({ ...node, spaceId: dropped.dragged.spaceId }));
      if (target.isTrash === true) void actions.remove(nodes);
      else if (dropped.copies) void actions.copy(nodes, to);
      else void actions.move(nodes, to);
      return;
    }
    void droppedFiles(dropped.transfer, shell !== null).then((files) => {
      if (files.length > 0) void actions.uploadFiles(to.spaceId, to.id, files);
    });
  };

  const addEntries: readonly MenuEntry[] = mayAdd
    ? [
        { text: t('newFolder'), icon: 'folder', keys: 'Ctrl Shift N', onSelect: () => setCreating(true) },
        { text: t('addFiles'), icon: 'upload', keys: 'Ctrl Shift U', onSelect: () => add(false) },
        { text: t('addFolder'), icon: 'upload', onSelect: () => add(true) },
      ]
    : [];

  if (answer.data === undefined) {
    if (!answer.isError) return <Skeleton rows={8} height={34} label={t('ui:loading')} />;
    return (
      <div className="drive-notice">
        <ErrorNote title={t('loadFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  if (first === undefined || place === null) {
    return (
      <Empty icon="folder" title={t('noSpaces')}>
        {t('noSpacesMore')}
      </Empty>
    );
  }
  return (
    <ToolsProvider value={tools}>
      <ThumbnailContext.Provider value={thumbnails}>
        <OverlaysProvider
          onDownload={(node) => void actions.download([node])}
          onOpenExternally={shell === null ? null : (node) => void actions.openExternally(node)}
        >
          <DropField
            blocked={policy.blockedExtensions.drive}
            onDrop={onDrop}
            className={classNames('columns', 'drive', isNarrow && (showsTree ? 'only-tree' : 'only-work'))}
          >
            {(!isNarrow || showsTree) && (
              <DriveSide
                spaces={spaces}
                space={space}
                way={way}
                place={place}
                addEntries={addEntries}
                onPicked={() => setShowsTree(false)}
              />
            )}
            {(!isNarrow || !showsTree) && (
              <DriveWork
                key={placeKey(place)}
                place={place}
                answer={listing}
                space={space}
                firstSpace={first}
                way={way}
                isCreating={isCreating}
                onCreating={setCreating}
                onShowTree={isNarrow ? () => setShowsTree(true) : null}
              />
            )}
            {sending !== null && (
              <SendDialog
                sending={sending}
                spaces={spaces}
                startAt={way.length > 0 ? way.map(({ id }) => id) : spaces.map(({ rootId }) => rootId)}
                onClose={() => send(null)}
                onSend={(to) => {
                  send(null);
                  if (sending.kind === 'copy') void actions.copy(sending.nodes, to);
                  else void actions.move(sending.nodes, to);
                }}
              />
            )}
          </DropField>
        </OverlaysProvider>
      </ThumbnailContext.Provider>
    </ToolsProvider>
  );
}
