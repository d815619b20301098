import { assert, assertNever } from '#shared/base/assert.ts';
import type { BookStep } from '#shared/sync/plan.ts';
import type { RootContext } from './root-context.ts';
import { syncedRow, type LocalRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** Carries out what only changes the books: all of it or, after a crash, nothing. */
export function applyBookSteps(context: RootContext, steps: readonly BookStep[]): void {
  const { store, newId, keeping } = context;
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
      case 'release':
        noteUnseen(context, step.id);
        store.synced.delete(step.id);
        break;
      case 'forget':
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
  if (own?.kind === 'file') return [own];
  return [...(own === undefined ? [] : [own]), ...store.local.children(id)];
}

/** A folder that was deleted here stays on the server for what is online-only in it: said once, in the list of what was done. */
function noteUnseen({ store, report, topId }: RootContext, id: string): void {
  const isUnseen = (child: { id: string; trashed: boolean }): boolean =>
    !child.trashed && !store.local.has(child.id) && !store.synced.has(child.id);
  if (store.local.has(id) || !store.remote.children(id).some(isUnseen)) return;
  const names: string[] = [];
  for (let at = store.remote.get(id); at !== undefined && at.id !== topId; at = store.remote.get(at.parentId ?? '')) names.unshift(at.name);
  report.did('kept_there', names.join('/'));
}
