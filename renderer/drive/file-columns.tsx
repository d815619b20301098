import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { GridColumn } from './data-grid.tsx';
import { NameEditor } from '../app/name-editor.tsx';
import { turned, type Sort, type SortKey } from './sorting.ts';
import { useMemberName } from './use-names.ts';

/** The mark before a name: the kind of the thing, or the tick of a chosen row. */
export function RowMark({ node, chosen }: { node: Pick<Node, 'kind' | 'name'>; chosen: boolean }) {
  if (chosen) {
    return (
      <span aria-hidden className="row-tick">
        <Icon name="check" size={12} />
      </span>
    );
  }
  return <FileIcon small kind={node.kind === 'folder' ? 'folder' : fileKind(node.name)} />;
}

interface FileColumnOptions {
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly renamingId: string | null;
  readonly siblings: readonly string[];
  readonly onRename: (node: Node, name: string | null) => void;
}

/** The columns of a folder's contents. */
export function useFileColumns({ sort, onSort, renamingId, siblings, onRename }: FileColumnOptions): readonly GridColumn<Node>[] {
  const { t } = useTranslation('drive');
  const format = useFormat();
  const nameOf = useMemberName();
  const column = (key: SortKey, className: string, render: GridColumn<Node>['render']): GridColumn<Node> => ({
    id: key,
    title: t(key),
    className,
    sorted: sort.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending',
    onSort: () => onSort(turned(sort, key)),
    render,
  });
  const name = column('name', 'cell-name', (node, chosen) => (
    <>
      <RowMark node={node} chosen={chosen} />
      {renamingId === node.id ? (
        <NameEditor
          label={t('nameOf', { name: node.name })}
          name={node.name}
          kind={node.kind}
          siblings={siblings}
          onCommit={(name) => onRename(node, name)}
          onCancel={() => onRename(node, null)}
        />
      ) : (
        <FileName name={node.name} />
      )}
    </>
  ));
  return [
    name,
    column('person', 'cell-person', (node) => <span className="cut">{nameOf(node.updatedBy)}</span>),
    column('date', 'cell-date num', (node) => format.stamp(node.updatedAt)),
    column('size', 'cell-size num', (node) => (node.content === null ? t('noSize') : format.size(node.content.sizeBytes))),
  ];
}
