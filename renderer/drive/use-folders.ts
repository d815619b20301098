import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useAccount, useHost } from '../app/host-context.tsx';
import { compareNames } from '../app/node-names.ts';
import type { TreeFolder } from './tree-rows.ts';

/** The folders inside each of `folderIds`, by name, as far as answered; asked for under the same key as the list of files. */
export function useFolders(folderIds: readonly string[]): (folderId: string) => readonly TreeFolder[] | undefined {
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const answers = useQueries({
    queries: folderIds.map((folderId) => ({
      queryKey: ['drive.children', { accountId, folderId }],
      queryFn: () => workspace['drive.children']({ accountId, folderId }),
    })),
  });
  const known = folderIds.map((_, index) => answers[index]?.data?.nodes);
  const inside = useMemo(
    () =>
      new Map(
        folderIds.flatMap((folderId, index) => {
          const nodes = known[index];
          if (nodes === undefined) return [];
          const folders: TreeFolder[] = nodes.filter(({ kind }) => kind === 'folder');
          return [[folderId, folders.toSorted((a, b) => compareNames(a.name, b.name))] as const];
        }),
      ),
    // oxlint-disable-next-line react/exhaustive-deps -- the answers themselves decide, not the array around them
    [folderIds.join(), ...known],
  );
  return useCallback((folderId: string) => inside.get(folderId), [inside]);
}
