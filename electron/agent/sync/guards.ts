import type { Deletions } from '#shared/sync/plan.ts';
import type { Trees } from '#shared/sync/tree.ts';

export const mostDeletions = 200;
const mostShare = 0.2;
const mostInTopFolder = 50;

/** Whether so much would be deleted that a person is asked first. Moves were found before, so they do not count. */
export interface MassDelete {
  readonly here: boolean;
  readonly there: boolean;
  /** Files that would go, for the question. */
  readonly files: number;
}

/**
 * Deletions wait for an answer when more than 200 files and a fifth of all would go, or all of a top-level folder with more than 50 files;
 * on either side. Everything else goes on.
 */
export function massDelete({ rootId, synced, local, remote }: Trees, deletions: Deletions): MassDelete {
  const fileIds = [...synced.values()].filter(({ kind }) => kind === 'file').map(({ id }) => id);
  const limit = Math.max(mostDeletions, fileIds.length * mostShare);
  const judge = (ids: readonly string[]): { hold: boolean; files: number } => {
    const going = new Set(ids);
    const files = fileIds.filter((id) => going.has(id));
    if (files.length > limit) return { hold: true, files: files.length };
    if (files.length <= mostInTopFolder) return { hold: false, files: 0 };
    const tops = ids.filter(
      (id) => (synced.get(id) ?? local.get(id) ?? remote.get(id))?.parentId === rootId && synced.get(id)?.kind === 'folder',
    );
    const hold = tops.some((top) => files.filter((id) => isBelow(id, top)).length > mostInTopFolder);
    return { hold, files: hold ? files.length : 0 };
  };
  const isBelow = (id: string, top: string): boolean => {
    for (let at: string | null | undefined = id; at !== null && at !== undefined; at = synced.get(at)?.parentId)
      if (at === top) return true;
    return false;
  };
  const [here, there] = [judge(deletions.here), judge(deletions.there)];
  return { here: here.hold, there: there.hold, files: here.files + there.files };
}
