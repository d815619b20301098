import type { NodeMap } from '#shared/sync/tree.ts';
import type { LocalRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** Finds what is known of the disk by inode and by place. */
export interface KnownPlaces {
  /** A row with that inode; not the one called `besides`. */
  byIdentity(identity: string, besides?: string): LocalRow | undefined;
  /** What lies in a folder, by names on the disk. */
  siblings(folderId: string): ReadonlyMap<string, LocalRow>;
}

const nobody: ReadonlyMap<string, LocalRow> = new Map();

/** Reads all rows at once. */
export function readAll(local: Pick<NodeMap<LocalRow>, 'values'>): KnownPlaces {
  const identities = new Map<string, LocalRow[]>();
  const places = new Map<string, Map<string, LocalRow>>();
  for (const row of local.values()) {
    const same = identities.get(row.identity);
    if (same === undefined) identities.set(row.identity, [row]);
    else same.push(row);
    if (row.parentId === null) continue;
    const siblings = places.get(row.parentId);
    if (siblings === undefined) places.set(row.parentId, new Map([[row.diskName, row]]));
    else siblings.set(row.diskName, row);
  }
  return {
    byIdentity: (identity, besides) => identities.get(identity)?.findLast(({ id }) => id !== besides),
    siblings: (folderId) => places.get(folderId) ?? nobody,
  };
}

/** Reads rows when they are asked for; a folder's are kept until all is said of the look. */
export function readWhenAsked({ nodes, local }: StateStore): KnownPlaces {
  const places = new Map<string, ReadonlyMap<string, LocalRow>>();
  return {
    byIdentity: (identity, besides) => nodes.localByIdentity(identity).findLast(({ id }) => id !== besides),
    siblings: (folderId) => {
      let siblings = places.get(folderId);
      if (siblings === undefined) {
        siblings = new Map(local.children(folderId).map((row) => [row.diskName, row]));
        places.set(folderId, siblings);
      }
      return siblings;
    },
  };
}
