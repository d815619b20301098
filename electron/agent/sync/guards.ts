import type { Deletions } from '#shared/sync/plan.ts';
import type { Trees } from '#shared/sync/tree.ts';

const mostDeletions = 200;
const mostShare = 0.2;
const mostInTopFolder = 50;
/** A root of more files than this is not emptied without a question. */
const fewest = 10;

/** Whether so much would be deleted that a person is asked first. Moves were found before, so they do not count. */
export interface MassDelete {
  readonly here: boolean;
  readonly there: boolean;
  /** Files that would go, for the question. */
  readonly files: number;
}

/**
 * Deletions wait for an answer when more than 200 files and a fifth of all would go, or every file of a top-level folder with more than 50 of
 * them, or everything there is; on either side. Everything else goes on.
 */
export function massDelete({ rootId, synced }: Trees, deletions: Deletions): MassDelete {
  const most = Math.max(deletions.here.length, deletions.there.length);
  // Everything is never less than all but the root itself.
  if (most <= mostInTopFolder && (most <= fewest || most < synced.size - 1)) return { here: false, there: false, files: 0 };
  const topOf = (id: string): string => {
    for (let at = id; ;) {
      const parentId = synced.get(at)?.parentId;
      if (parentId === undefined || parentId === null || parentId === rootId) return at;
      at = parentId;
    }
  };
  const tops = new Map<string, string>();
  const sizes = new Map<string, number>();
  for (const { id, kind } of synced.values()) {
    if (kind !== 'file') continue;
    const top = topOf(id);
    tops.set(id, top);
    sizes.set(top, (sizes.get(top) ?? 0) + 1);
  }
  const judge = (ids: readonly string[]): { hold: boolean; files: number } => {
    const files = ids.filter((id) => tops.has(id));
    const going = new Map<string, number>();
    for (const id of files) going.set(tops.get(id)!, (going.get(tops.get(id)!) ?? 0) + 1);
    const whole = [...going].some(([top, gone]) => gone > mostInTopFolder && gone === sizes.get(top));
    const all = files.length > fewest && files.length === tops.size;
    const hold = whole || all || files.length > Math.max(mostDeletions, tops.size * mostShare);
    return { hold, files: hold ? files.length : 0 };
  };
  const [here, there] = [judge(deletions.here), judge(deletions.there)];
  return { here: here.hold, there: there.hold, files: here.files + there.files };
}
