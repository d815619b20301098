import { assert } from '#shared/base/assert.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { FolderDigests } from './folder-digests.ts';
import { hasBirth } from './inode-evidence.ts';
import { readWhenAsked } from './known-places.ts';
import { observe, type Observation } from './observe.ts';
import { pathOf, type RootContext } from './root-context.ts';
import type { LocalRow } from './rows.ts';

/** What the last look at the disk found besides the tree. */
export interface Seen {
  /** True when any row changed. */
  readonly changed: boolean;
  readonly frozen: ReadonlyMap<string, string>;
  /** Paths of links and the like; null where only a part was looked at. */
  readonly foreign: readonly string[] | null;
  /** Folders that were renamed or moved: they are to be looked into, once their move is on its way. */
  readonly moved: readonly string[];
}

/**
 * Looks at some folders, or at everything, and takes what is there into the local tree. Where a part does not explain itself all of it is
 * looked at: a deletion is never concluded from a part.
 */
export async function look(context: RootContext, folders: readonly string[] | null): Promise<Seen> {
  // Where inodes prove nothing, all that lies there has to be weighed against all that is known.
  if (folders === null) return hasBirth(context.disk.identity()) ? lookAtChanges(context) : lookAtAll(context);
  // On such a volume two spellings of a path, before and after a renaming, lead to one folder.
  const key = (path: string): string => (context.volume.rules.caseSensitive ? path : foldedName(path));
  if (new Set(folders.map(key)).size < folders.length) return look(context, null);
  let listings = [...(await context.workshop.scan(context.disk.root, folders))];
  for (;;) {
    const observation = observe(listings, { ...inputOf(context), known: readWhenAsked(context.store), complete: false });
    if (observation.needsAll) return look(context, null);
    if (observation.deeper.length === 0) {
      const changed = take(context, observation);
      return { changed, frozen: observation.frozen, foreign: null, moved: observation.moved };
    }
    // Each folder once, and after the one that it lies in: what is in it must not be taken for two things.
    const deeper = await context.workshop.scan(context.disk.root, observation.deeper);
    const again = new Set(deeper.map(({ path }) => key(path)));
    listings = [...listings.filter(({ path }) => !again.has(key(path))), ...deeper];
  }
}

async function lookAtAll(context: RootContext): Promise<Seen> {
  const listings = await context.workshop.scan(context.disk.root, null);
  const observation = observe(listings, { ...inputOf(context), complete: true });
  const changed = take(context, observation);
  return { changed, frozen: observation.frozen, foreign: observation.foreign, moved: [] };
}

/** Looks at everything, but takes in only folders that hold something else than they did: what a folder held is known by its digest. */
async function lookAtChanges(context: RootContext): Promise<Seen> {
  const { store, workshop, disk } = context;
  const before = store.digests;
  forget(context, before, store.takeTouched());
  const found = await workshop.changes(disk.root, before?.words ?? null);
  const now = new FolderDigests(found.digests);
  const told = new Set(found.folders.map(({ path }) => path));
  const observation = observe(found.folders, {
    ...inputOf(context),
    known: readWhenAsked(store),
    isUnchanged: (path) => now.has(path) && !told.has(path),
    complete: true,
  });
  // What is known does not fit what was found: then nothing but all of it will do.
  if (observation.needsAll) return lookAtAll(context);
  const put = new Set(observation.put.map(({ id }) => id));
  const meanwhile = store.takeTouched();
  let changed = take(context, observation);
  // Read so soon after it was written that a later write might not show: read once more, however the folder looks.
  const racy = [...store.nodes.racy()].flatMap(({ id, rows }) => (rows.local?.racy === true && !put.has(id) ? [rows.local] : []));
  for (const row of racy) store.local.put({ ...row, content: null, racy: false });
  changed ||= racy.length > 0;
  store.takeTouched();
  forget(context, now, meanwhile);
  if (found.folders.length > 0 || before?.size !== now.size) store.digests = now;
  return { changed, frozen: observation.frozen, foreign: found.foreign, moved: [] };
}

/** The local tree says something else of these folders by now: a disk that looks as it did then is not what is known. */
function forget({ store, topId }: RootContext, digests: FolderDigests | null, folders: readonly string[]): void {
  for (const id of folders) if (id === topId || store.local.has(id)) digests?.forget(pathOf(store, id, topId));
}

const inputOf = ({ topId, store, volume, newId }: RootContext) => ({
  rootId: topId,
  local: store.local,
  remote: store.remote,
  rules: volume.rules,
  newId,
});

function take({ store }: RootContext, { gone, put }: Observation): boolean {
  for (const id of gone) store.local.delete(id);
  for (const row of put) store.local.put(row);
  return gone.length + put.length > 0;
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
