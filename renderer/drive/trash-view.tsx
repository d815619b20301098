import { useMemo, useRef, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Space } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FileName } from '../ui/file.tsx';
import { ContextMenu, type MenuEntry } from '../ui/menu.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { useFormat } from '../ui/use-format.ts';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { RowMark } from './file-columns.tsx';
import { chooseNone, retain, type Selection } from './selection.ts';
import { FolderBar } from './selection-bar.tsx';
import type { DriveActions } from './use-drive-actions.ts';
import { useMemberName } from './use-names.ts';

type Trashed = OutputOf<WorkspaceContract, 'drive.trash'>['nodes'][number];
const keyOf = ({ node }: Trashed): string => node.id;
const nameOfTrashed = ({ node }: Trashed): string => node.name;

const nothingToAdd = { newFolder: null, addFiles: null };

interface TrashViewProps {
  space: Space;
  selection: Selection;
  onSelection: (next: Selection) => void;
  actions: DriveActions;
}

/** What was deleted in a drive, the latest first; each thing goes back to where it was. */
export function TrashView({ space, selection, onSelection, actions }: TrashViewProps) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  const nameOf = useMemberName();
  const { accountId } = useAccount();
  const answer = useAnswer('drive.trash', { accountId, spaceId: space.id });
  const items = useMemo(() => (answer.data?.nodes ?? []).toSorted((a, b) => b.trashedAt - a.trashedAt), [answer.data]);
  const chosen = items.filter(({ node }) => selection.chosen.has(node.id));

  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const order = items.map(keyOf);
    const kept = retain(selection, before.current, order);
    before.current = order;
    if (kept !== selection) onSelection(kept);
    // oxlint-disable-next-line react/exhaustive-deps -- only when the answer changes
  }, [items]);

  const mayEdit = space.permission === 'edit';
  const restore = (wanted: readonly Trashed[]) =>
    void actions.restore(
      space.id,
      wanted.map(({ node }) => node),
    );
  const column = (
    id: 'name' | 'originalPlace' | 'deletedBy' | 'deletedAt' | 'size',
    className: string,
    render: GridColumn<Trashed>['render'],
  ) => ({
    id,
    title: t(id),
    className,
    render,
  });
  const name = column('name', 'cell-name', ({ node }, isChosen) => (
    <>
      <RowMark node={node} chosen={isChosen} />
      <FileName name={node.name} />
    </>
  ));
  const columns: readonly GridColumn<Trashed>[] = [
    name,
    column('originalPlace', 'cell-place', ({ path }) => (
      <span className="cut" title={path}>
        {path === '' ? space.name : path}
      </span>
    )),
    column('deletedBy', 'cell-person', ({ trashedBy }) => <span className="cut">{nameOf(trashedBy)}</span>),
    column('deletedAt', 'cell-date num', ({ trashedAt }) => format.stamp(trashedAt)),
    column('size', 'cell-size num', ({ node }) => (node.content === null ? t('noSize') : format.size(node.content.sizeBytes))),
  ];
  const entries: readonly MenuEntry[] =
    mayEdit && chosen.length > 0 ? [{ text: t('restore'), icon: 'history', onSelect: () => restore(chosen) }] : [];

  if (answer.data === undefined) {
    if (!answer.isError) return <RowsSkeleton />;
    return (
      <div className="drive-notice">
        <ErrorNote title={t('trashFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  if (items.length === 0) {
    return (
      <Empty icon="trash" title={t('trashEmpty')}>
        {t('trashEmptyMore')}
      </Empty>
    );
  }
  const grid = (
    <div className="folder-area">
      <DataGrid
        label={t('trashOf', { space: space.name })}
        className="in-trash"
        items={items}
        keyOf={keyOf}
        nameOf={nameOfTrashed}
        columns={columns}
        selection={selection}
        onSelection={onSelection}
        onOpen={() => undefined}
      />
    </div>
  );
  return (
    <>
      {chosen.length === 0 ? (
        <FolderBar count={items.length} commands={nothingToAdd} />
      ) : (
        <div className="selection-bar" role="toolbar" aria-label={t('selection')}>
          <b className="num" role="status">
            {t('selectedFolders', { count: chosen.length })}
          </b>
          {mayEdit && (
            <Button look="quiet" size="small" icon="history" onClick={() => restore(chosen)}>
              {t('restore')}
            </Button>
          )}
          <span className="push" />
          <IconButton small icon="close" label={t('clearSelection')} keys="Esc" onClick={() => onSelection(chooseNone(selection))} />
        </div>
      )}
      {entries.length > 0 ? <ContextMenu entries={entries}>{grid}</ContextMenu> : grid}
    </>
  );
}
