import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Space } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FileName } from '../ui/file.tsx';
import { ContextMenu, type MenuEntry } from '../ui/menu.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { useTools } from './drive-tools.ts';
import { RowMark } from './node-mark.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { chooseNone, type Selection } from './selection.ts';
import { useKeptSelection } from './use-kept-selection.ts';
import { useMemberName } from './use-names.ts';
import { useWidth } from './use-width.ts';
import { fittingColumns } from './view-prefs.ts';

type Trashed = OutputOf<WorkspaceContract, 'drive.trash'>['nodes'][number];
const keyOf = ({ node }: Trashed): string => node.id;
const nameOfTrashed = ({ node }: Trashed): string => node.name;
const order = ['name', 'place', 'deletedBy', 'deletedAt', 'size'] as const;
const needed = ['name', 'deletedAt', 'place', 'deletedBy', 'size'] as const;

interface TrashViewProps {
  space: Space;
  selection: Selection;
  onSelection: (next: Selection) => void;
}

/** What was deleted in a drive, the latest first: each thing goes back to where it was, or for ever (DRV-09). */
export function TrashView({ space, selection, onSelection }: TrashViewProps) {
  const { t } = useTranslation(['drive', 'explorer', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  const nameOf = useMemberName();
  const { accountId, policy } = useAccount();
  const { actions, memoryOf } = useTools();
  const [width, measure] = useWidth();
  /** What is asked about before it is destroyed: those chosen, or everything. */
  const [ending, setEnding] = useState<readonly Trashed[] | 'all' | null>(null);
  const answer = useAnswer('drive.trash', { accountId, spaceId: space.id });
  const items = useMemo(() => (answer.data?.nodes ?? []).toSorted((a, b) => b.trashedAt - a.trashedAt), [answer.data]);
  const chosen = items.filter(({ node }) => selection.chosen.has(node.id));
  useKeptSelection(answer.data === undefined ? null : items, keyOf, selection, onSelection);

  const mayEdit = space.permission === 'edit';
  const nodesOf = (wanted: readonly Trashed[]) => wanted.map(({ node }) => node);
  const restore = () => void actions.restore(space.id, nodesOf(chosen));
  const destroy = () => {
    setEnding(null);
    if (ending === 'all') void actions.emptyTrash(space.id);
    else if (ending !== null) void actions.purge(space.id, nodesOf(ending));
  };
  const { columns, template } = useMemo(() => {
    const { shown, template: widths } = fittingColumns(needed, order, {}, width);
    const all: Readonly<Record<(typeof order)[number], Omit<GridColumn<Trashed>, 'id'>>> = {
      name: {
        title: t('name'),
        className: 'cell-name',
        render: ({ node }, isChosen) => (
          <>
            <RowMark node={node} chosen={isChosen} />
            <FileName name={node.name} />
          </>
        ),
      },
      place: {
        title: t('originalPlace'),
        className: 'cell-place',
        render: ({ path }) => (
          <span className="cut" title={path}>
            {path === '' ? space.name : path}
          </span>
        ),
      },
      deletedBy: {
        title: t('deletedBy'),
        className: 'cell-person',
        render: ({ trashedBy }) => <span className="cut">{nameOf(trashedBy)}</span>,
      },
      deletedAt: { title: t('deletedAt'), className: 'cell-date num', render: ({ trashedAt }) => format.stamp(trashedAt) },
      size: {
        title: t('size'),
        className: 'cell-size num',
        render: ({ node }) => (node.content === null ? t('noSize') : format.size(node.content.sizeBytes)),
      },
    };
    return { columns: shown.map((id): GridColumn<Trashed> => ({ id, ...all[id] })), template: widths };
  }, [width, t, format, nameOf, space.name]);

  const why = mayEdit ? undefined : t('drop_read_only');
  const entries: readonly MenuEntry[] =
    chosen.length > 0
      ? [
          { text: t('restore'), icon: 'history', onSelect: restore, why },
          'line',
          { text: t('explorer:purge'), icon: 'trash', keys: 'Delete', danger: true, onSelect: () => setEnding(chosen), why },
        ]
      : [{ text: t('explorer:emptyTrash'), icon: 'trash', danger: true, onSelect: () => setEnding('all'), why }];
  const days = policy.drive.trashDays;
  const stays = days > 0 ? t('explorer:trashStays', { count: days }) : t('explorer:trashStaysForever');

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
        {t('trashEmptyMore')} {stays}
      </Empty>
    );
  }
  return (
    <>
      {chosen.length === 0 ? (
        <div className="selection-bar idle" role="toolbar" aria-label={t('folderActions')}>
          <span className="num t2 bar-count">{t('things', { count: items.length })}</span>
          {mayEdit && (
            <Button look="quiet" size="small" icon="trash" onClick={() => setEnding('all')}>
              {t('explorer:emptyTrash')}
            </Button>
          )}
          <span className="t3 sm cut push">{stays}</span>
        </div>
      ) : (
        <div className="selection-bar" role="toolbar" aria-label={t('selection')}>
          <b className="num" role="status">
            {t('selectedFolders', { count: chosen.length })}
          </b>
          {mayEdit && (
            <>
              <Button look="quiet" size="small" icon="history" onClick={restore}>
                {t('restore')}
              </Button>
              <Button look="quiet" size="small" icon="trash" onClick={() => setEnding(chosen)}>
                {t('explorer:purge')}
              </Button>
            </>
          )}
          <span className="push" />
          <IconButton small icon="close" label={t('clearSelection')} keys="Esc" onClick={() => onSelection(chooseNone(selection))} />
        </div>
      )}
      <ContextMenu entries={entries}>
        <div ref={measure} className="folder-area">
          <DataGrid
            label={t('trashOf', { space: space.name })}
            items={items}
            keyOf={keyOf}
            nameOf={nameOfTrashed}
            columns={columns}
            template={template}
            selection={selection}
            onSelection={onSelection}
            onOpen={() => undefined}
            onKey={(event) => {
              if (event.key !== 'Delete' || chosen.length === 0) return;
              event.preventDefault();
              if (mayEdit) setEnding(chosen);
              else actions.complain(t('drop_read_only'));
            }}
            memory={memoryOf(`trash/${space.id}`)}
          />
        </div>
      </ContextMenu>
      {ending !== null && (
        <Dialog
          open
          onClose={() => setEnding(null)}
          title={
            ending === 'all'
              ? t('explorer:emptyTrashTitle', { space: space.name })
              : t('explorer:purgeTitle', { count: ending.length, name: ending[0]?.node.name ?? '' })
          }
          footer={
            <>
              <Button onClick={() => setEnding(null)}>{t('ui:cancel')}</Button>
              <Button look="danger" onClick={destroy}>
                {ending === 'all' ? t('explorer:emptyTrash') : t('explorer:purge')}
              </Button>
            </>
          }
        >
          <p className="prose">{t('explorer:purgeMore', { count: ending === 'all' ? items.length : ending.length })}</p>
        </Dialog>
      )}
    </>
  );
}
