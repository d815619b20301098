import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { useMedia } from '../app/appearance.ts';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { classNames } from '../ui/class-names.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import type { CutNodes } from './cut.ts';
import { DriveSide } from './drive-side.tsx';
import { DriveWork } from './drive-work.tsx';
import { DropField, type Dropped } from './drop-zone.tsx';
import type { DropTarget } from './drop.ts';
import { OverlaysProvider } from './overlays.tsx';
import { useDriveActions } from './use-drive-actions.ts';
import { useRemembered } from '../app/use-remembered.ts';
import { spaceGroups, wayTo } from '../app/drive-way.ts';
import './drive.css';

const isTyping = (event: KeyboardEvent): boolean =>
  event.isComposing || (event.target instanceof HTMLElement && event.target.matches('input, textarea, [contenteditable]'));

/** Drive: the tree of drives, one folder (or a trash) and details. Its path is `[FOLDER]` or `['trash', SPACE]`; none means where one was last. */
export function DriveScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const { shell } = useHost();
  const { accountId, policy } = useAccount();
  const actions = useDriveActions();
  const isNarrow = useMedia('(max-width: 759px)');
  const [remembered, remember] = useRemembered<readonly string[]>('drive.place', []);
  const [showsTree, setShowsTree] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const [cut, setCut] = useState<CutNodes | null>(null);

  const answer = useAnswer('drive.spaces', { accountId });
  // One's own drive is called so in one's own language, whatever the server's is.
  const spaces = useMemo(
    () =>
      spaceGroups(answer.data?.spaces ?? [])
        .flatMap((group) => group.spaces)
        .map((space) => (space.kind === 'my' ? { ...space, name: t('mySpaces') } : space)),
    [answer.data, t],
  );
  const place = path.length > 0 ? path : remembered;
  const trashSpace = place[0] === 'trash' ? spaces.find(({ id }) => id === place[1]) : undefined;
  const folderId = trashSpace !== undefined ? null : ((place[0] === 'trash' ? undefined : place[0]) ?? spaces[0]?.rootId ?? null);
  const listing = useAnswer('drive.children', folderId === null ? null : { accountId, folderId });
  const space = trashSpace ?? spaces.find(({ id }) => id === listing.data?.folder.spaceId);
  const way = useMemo(
    () =>
      space === undefined || listing.data === undefined || trashSpace !== undefined
        ? []
        : wayTo(space, listing.data.path, listing.data.folder),
    [space, listing.data, trashSpace],
  );
  const placeKey = path.join('/');
  useEffect(() => {
    if (placeKey !== '') remember(placeKey.split('/'));
    setCreating(false);
  }, [placeKey, remember]);

  const mayAdd = folderId !== null && space?.permission === 'edit' && listing.data !== undefined;
  const add = (folders: boolean) => {
    if (mayAdd) void actions.chooseAndUpload(space.id, folderId, folders);
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
      const key = event.key.toLowerCase();
      if (key === 'u' && event.shiftKey) add(false);
      else if (key === 'z' && !event.shiftKey) void actions.undo();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  });

  const onDrop = (target: DropTarget, dropped: Dropped) => {
    if (dropped.kind === 'nodes') {
      const nodes = dropped.dragged.nodes.map((node) => ({ ...node, spaceId: dropped.dragged.spaceId }));
      void actions.move(nodes, { id: target.folderId, name: target.name });
      return;
    }
    const files = [...dropped.transfer.files];
    const folders = new Set(
      shell !== null
        ? []
        : [...dropped.transfer.items].flatMap((item) => (item.webkitGetAsEntry()?.isDirectory === true ? [item.getAsFile()?.name] : [])),
    );
    const wanted = files.filter(({ name }) => !folders.has(name));
    if (folders.size > 0) actions.complain(t('foldersNotHere'));
    if (wanted.length > 0) void actions.uploadFiles(target.spaceId, target.folderId, wanted);
  };

  const addEntries: readonly MenuEntry[] = mayAdd
    ? [
        { text: t('newFolder'), icon: 'folder', onSelect: () => setCreating(true) },
        { text: t('addFiles'), icon: 'upload', keys: 'Ctrl Shift U', onSelect: () => add(false) },
        ...(shell === null ? [] : [{ text: t('addFolder'), icon: 'upload' as const, onSelect: () => add(true) }]),
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
  if (spaces.length === 0) {
    return (
      <Empty icon="folder" title={t('noSpaces')}>
        {t('noSpacesMore')}
      </Empty>
    );
  }
  return (
    <OverlaysProvider onDownload={(node) => void actions.download([node])} onOpenExternally={null}>
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
            isTrash={trashSpace !== undefined}
            addEntries={addEntries}
            onPicked={() => setShowsTree(false)}
          />
        )}
        {(!isNarrow || !showsTree) && (
          <DriveWork
            key={trashSpace === undefined ? folderId : `trash-${trashSpace.id}`}
            answer={listing}
            space={space}
            firstSpace={spaces[0]!}
            way={way}
            isTrash={trashSpace !== undefined}
            actions={actions}
            cut={cut}
            onCut={setCut}
            isCreating={isCreating}
            onCreating={setCreating}
            onShowTree={isNarrow ? () => setShowsTree(true) : null}
          />
        )}
      </DropField>
    </OverlaysProvider>
  );
}
