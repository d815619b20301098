import type { Node } from '#shared/model/drive.ts';
import { collator, compareNames } from '../app/node-names.ts';

export type SortKey = 'name' | 'person' | 'date' | 'size';
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

/** Folders before files, then by the column; equal ones by name. `nameOf` says what a member is called. */
export function sortNodes(nodes: readonly Node[], { key, descending }: Sort, nameOf: (memberId: string) => string): Node[] {
  const turn = descending ? -1 : 1;
  const compare = (a: Node, b: Node): number => {
    switch (key) {
      case 'name':
        return turn * compareNames(a.name, b.name);
      case 'person':
        return turn * collator.compare(nameOf(a.updatedBy), nameOf(b.updatedBy)) || compareNames(a.name, b.name);
      case 'date':
        return turn * (a.updatedAt - b.updatedAt) || compareNames(a.name, b.name);
      case 'size':
        return turn * ((a.content?.sizeBytes ?? 0) - (b.content?.sizeBytes ?? 0)) || compareNames(a.name, b.name);
    }
  };
  const folders = nodes.filter(({ kind }) => kind === 'folder');
  const files = nodes.filter(({ kind }) => kind === 'file');
  return [...folders.sort(compare), ...files.sort(compare)];
}
