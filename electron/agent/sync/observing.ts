import { assert } from '#shared/base/assert.ts';
import { observe } from './observe.ts';
import type { RootContext } from './root-context.ts';
import type { LocalRow } from './rows.ts';

/** What the last look at the disk found besides the tree. */
export interface Seen {
  /** True when any row changed. */
  readonly changed: boolean;
  readonly frozen: ReadonlyMap<string, string>;
  /** Paths of links and the like; null where only a part was looked at. */
  readonly foreign: readonly string[] | null;
}

/**
 * Looks at some folders, or at everything, and takes what is there into the local tree. Where a part does not explain itself all of it is
 * looked at: a deletion is never concluded from a part.
 */
export async function look(context: RootContext, folders: readonly string[] | null): Promise<Seen> {
  const { store, workshop, disk } = context;
  const listings = await workshop.scan(disk.root, folders);
  const observation = observe(listings, {
    rootId: context.topId,
    local: store.local,
    remote: store.remote,
    rules: context.volume.rules,
    complete: folders === null,
    newId: context.newId,
  });
  if (observation.needsAll) return look(context, null);
  for (const id of observation.gone) store.local.delete(id);
  for (const row of observation.put) store.local.put(row);
  const changed = observation.gone.length + observation.put.length > 0;
  return { changed, frozen: observation.frozen, foreign: folders === null ? observation.foreign : null };
}

/** The row of the root itself, which no folder lists. */
export function topRow(topId: string, identity: string): LocalRow {
  assert(topId !== '', 'the root has an id');
  return {
    id: topId,
    parentId: null,
    name: '',
    diskName: '',
    kind: 'folder',
    content: null,
    sizeBytes: 0,
    identity,
    stamp: '',
    modifiedAt: 0,
    executable: false,
    racy: false,
  };
}
