import { useMemo } from 'react';
import type { PlacedNode } from '#shared/contract/drive.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';

/** The person's own marks: what they starred, and the folders of their quick access in order. */
export interface Marks {
  readonly isStarred: (id: string) => boolean;
  readonly isPinned: (id: string) => boolean;
  readonly pinned: readonly PlacedNode[];
}

const noFolders: readonly PlacedNode[] = [];

export function useMarks(): Marks {
  const { accountId } = useAccount();
  const starred = useAnswer('drive.starred', { accountId }).data?.nodes;
  const pinned = useAnswer('drive.pinned', { accountId }).data?.folders ?? noFolders;
  return useMemo(() => {
    const stars = new Set(starred?.map(({ node }) => node.id));
    const pins = new Set(pinned.map(({ node }) => node.id));
    return { isStarred: (id) => stars.has(id), isPinned: (id) => pins.has(id), pinned };
  }, [starred, pinned]);
}
