import { assert, assertNever } from '#shared/base/assert.ts';
import type { BookStep } from '#shared/sync/plan.ts';
import type { RootContext } from './root-context.ts';
import { syncedRow } from './rows.ts';

/** Carries out what only changes the books: all of it or, after a crash, nothing. */
export function applyBookSteps({ store, newId }: RootContext, steps: readonly BookStep[]): void {
  const adopted = new Map<string, string>();
  const renewed = new Map<string, string>();
  for (const step of steps) {
    switch (step.kind) {
      case 'agree': {
        const remote = store.remote.get(step.id);
        assert(remote !== undefined, 'what is agreed on is known');
        store.synced.put(syncedRow(remote));
        break;
      }
      case 'forget':
      case 'release':
        store.synced.delete(step.id);
        break;
      case 'adopt':
        adopted.set(step.localId, step.id);
        break;
      case 'renew':
        store.synced.delete(step.id);
        renewed.set(step.id, newId());
        break;
      default:
        assertNever(step, 'step');
    }
  }
  const renamed = new Map([...adopted, ...renewed]);
  if (renamed.size > 0) {
    for (const row of [...store.local.rows.values()]) {
      const id = renamed.get(row.id);
      const parentId = renamed.get(row.parentId ?? '');
      if (id === undefined && parentId === undefined) continue;
      if (id !== undefined) store.local.delete(row.id);
      store.local.put({ ...row, id: id ?? row.id, parentId: parentId ?? row.parentId });
    }
    // What was agreed on lies in the renewed folder still: only its id is another one.
    for (const row of [...store.synced.rows.values()]) {
      const parentId = renewed.get(row.parentId ?? '');
      if (parentId !== undefined) store.synced.put({ ...row, parentId });
    }
  }
  store.commit();
}
