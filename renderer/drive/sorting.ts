import type { Node } from '#shared/model/drive.ts';
import { collator, compareNames } from '../app/node-names.ts';
import { fileKind } from '../ui/file.tsx';

export const sortKeys = ['name', 'kind', 'person', 'date', 'size'] as const;
export type SortKey = (typeof sortKeys)[number];
export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}
export const byName: Sort = { key: 'name', descending: false };

/** A click on a column: another column starts in its usual direction (newest and largest first), the same one turns round. */
export function turned(sort: Sort, key: SortKey): Sort {
  if (sort.key === key) return { key, descending: !sort.descending };
  return { key, descending: key === 'date' || key === 'size' };
}

export type Compare = (a: Node, b: Node) => number;

/** The order of a folder's contents: folders before files, then by the column; equal ones by name. `nameOf` says what a member is called. */
export function comparer({ key, descending }: Sort, nameOf: (memberId: string) => string): Compare {
  const turn = descending ? -1 : 1;
  const byColumn: Readonly<Record<SortKey, Compare>> = {
    name: (a, b) => turn * compareNames(a.name, b.name),
    kind: (a, b) => turn * compareText(fileKind(a.name), fileKind(b.name)) || compareNames(a.name, b.name),
    person: (a, b) => turn * collator.compare(nameOf(a.updatedBy), nameOf(b.updatedBy)) || compareNames(a.name, b.name),
    date: (a, b) => turn * (a.updatedAt - b.updatedAt) || compareNames(a.name, b.name),
    size: (a, b) => turn * ((a.content?.sizeBytes ?? 0) - (b.content?.sizeBytes ?? 0)) || compareNames(a.name, b.name),
  };
  const compare = byColumn[key];
  return (a, b) => (a.kind === b.kind ? compare(a, b) : a.kind === 'folder' ? -1 : 1);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
