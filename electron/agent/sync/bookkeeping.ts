import { assert, assertNever } from '#shared/base/assert.ts';
import type { BookStep } from '#shared/sync/plan.ts';
import type { RootContext } from './root-context.ts';
import { syncedRow, type LocalRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** Carries out what only changes the books: all of it or, after a crash, nothing. */
export function applyBookSteps({ store, newId, keeping }: RootContext, steps: readonly BookStep[]): void {
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
  keeping.renamed(renewed);
  const renamed = new Map([...adopted, ...renewed]);
  if (renamed.size > 0) {
    const touched = new Map<string, LocalRow>();
    for (const old of renamed.keys()) for (const row of withChildren(store, old)) touched.set(row.id, row);
    for (const row of touched.values()) {
      const id = renamed.get(row.id);
      const parentId = renamed.get(row.parentId ?? '');
      if (id !== undefined) store.local.delete(row.id);
      store.local.put({ ...row, id: id ?? row.id, parentId: parentId ?? row.parentId });
    }
    // What was agreed on lies in the renewed folder still: only its id is another one.
    for (const [old, parentId] of renewed) for (const row of store.synced.children(old)) store.synced.put({ ...row, parentId });
  }
  store.commit();
}

function withChildren(store: StateStore, id: string): LocalRow[] {
  const own = store.local.get(id);
  return [...(own === undefined ? [] : [own]), ...store.local.children(id)];
}
