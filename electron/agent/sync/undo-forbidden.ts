import type { Plan } from '#shared/sync/plan.ts';
import { samePlace } from '#shared/sync/tree.ts';
import type { FailureBook } from './failures.ts';
import type { StateStore } from './state-store.ts';

const reason = 'permission_missing';

/**
 * Where this member may only read, what was deleted or moved here goes back to how the server has it: the next plan brings it. Bytes that were written here stay as
 * they are, and are listed. Returns whether anything is to be planned anew.
 */
export function undoForbidden(store: StateStore, { skipped }: Plan, failures: FailureBook): boolean {
  const refused = [
    ...skipped.filter((one) => one.side === 'there' && one.reason === reason).map(({ id }) => id),
    ...failures.all
      .filter((one) => one.reason === reason && (one.kind === 'delete_there' || one.kind === 'move_there'))
      .map(({ id }) => id),
  ];
  let changed = false;
  for (const id of refused) {
    const [here, agreed, there] = [store.local.get(id), store.synced.get(id), store.remote.get(id)];
    if (agreed === undefined || there === undefined || there.trashed) continue;
    if (here === undefined) store.synced.delete(id);
    else if (!samePlace(here, agreed)) store.synced.put({ ...agreed, parentId: here.parentId, name: here.name });
    else continue;
    failures.clear(id);
    changed = true;
  }
  return changed;
}
