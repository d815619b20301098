import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, Permission } from '#shared/model/drive.ts';
import { FileName, fileKind } from '../ui/file.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { GridColumn } from './grid-item.tsx';
import { NameEditor } from '../app/name-editor.tsx';
import { NodeSigns, RowMark } from './node-mark.tsx';
import { sortKeys, turned, type Sort, type SortKey } from './sorting.ts';
import { useMemberName } from './use-names.ts';
import { fittingColumns, widened, type ViewPrefs } from './view-prefs.ts';

/** A name that is being typed, and what stood in the way of the last one. */
export interface Renaming {
  readonly id: string;
  /** Names of the others in the folder, as they were when it began. */
  readonly siblings: readonly string[];
  readonly refusal: { readonly text: string } | null;
}

interface FileColumnOptions {
  readonly prefs: ViewPrefs;
  readonly onPrefs: (change: Partial<ViewPrefs>) => void;
  /** The room for all columns, in pixels. */
  readonly width: number;
  readonly renaming: Renaming | null;
  readonly onRename: (node: Node, name: string | null) => void;
  readonly permissionOf: (node: Node) => Permission;
  readonly isStarred: (id: string) => boolean;
}

/** The order in which columns give way when there is little room: the last first. */
const needed = ['name', 'size', 'date', 'person', 'kind'] as const;
const classNamesOf: Readonly<Record<SortKey, string>> = {
  name: 'cell-name',
  kind: 'cell-kind',
  person: 'cell-person',
  date: 'cell-date num',
  size: 'cell-size num',
};

/** A node's name in its place: to be read, or being typed. */
export function NodeName({
  node,
  options,
}: {
  node: Node;
  options: Pick<FileColumnOptions, 'renaming' | 'onRename' | 'isStarred' | 'permissionOf'>;
}) {
  const { t } = useTranslation('drive');
  const { renaming, onRename, isStarred, permissionOf } = options;
  if (renaming?.id !== node.id) {
    return (
      <>
        <FileName name={node.name} />
        <NodeSigns node={node} permission={permissionOf(node)} starred={isStarred(node.id)} />
      </>
    );
  }
  return (
    <NameEditor
      label={t('nameOf', { name: node.name })}
      name={node.name}
      kind={node.kind}
      siblings={renaming.siblings}
      refusal={renaming.refusal}
      onCommit={(name) => onRename(node, name)}
      onCancel={() => onRename(node, null)}
    />
  );
}

/** The columns of a folder's contents, as many as there is room for, and their widths. */
export function useFileColumns(options: FileColumnOptions): { readonly columns: readonly GridColumn<Node>[]; readonly template: string } {
  const { t } = useTranslation(['drive', 'explorer']);
  const format = useFormat();
  const nameOf = useMemberName();
  const { prefs, onPrefs, width, renaming, onRename, permissionOf, isStarred } = options;
  return useMemo(() => {
    const { sort, widths } = prefs;
    const onSort = (next: Sort) => onPrefs({ sort: next });
    const { shown, template } = fittingColumns(needed, sortKeys, widths, width);
    const render: Readonly<Record<SortKey, GridColumn<Node>['render']>> = {
      name: (node, chosen) => (
        <>
          <RowMark node={node} permission={permissionOf(node)} chosen={chosen} />
          <NodeName node={node} options={{ renaming, onRename, isStarred, permissionOf }} />
        </>
      ),
      kind: (node) => <span className="cut">{node.kind === 'folder' ? t('folder') : t(`explorer:kind_${fileKind(node.name)}`)}</span>,
      person: (node) => <span className="cut">{nameOf(node.updatedBy)}</span>,
      date: (node) => format.stamp(node.updatedAt),
      size: (node) => (node.content === null ? t('noSize') : format.size(node.content.sizeBytes)),
    };
    const columns = shown.map((key): GridColumn<Node> => ({
      id: key,
      title: key === 'kind' ? t('explorer:kind') : t(key),
      className: classNamesOf[key],
      sorted: sort.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending',
      onSort: () => onSort(turned(sort, key)),
      isHandle: key === 'name',
      ...(key === 'name'
        ? {}
        : { onWiden: (by: number | null) => onPrefs({ widths: { ...widths, [key]: widened(key, widths[key], by) } }) }),
      render: render[key],
    }));
    return { columns, template };
  }, [prefs, onPrefs, width, renaming, onRename, permissionOf, isStarred, t, format, nameOf]);
}
