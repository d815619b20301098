import type { KnownPlaces } from './known-places.ts';
import type { LocalRow } from './rows.ts';
import type { ScanEntry, ScanFolder } from './scan-entry.ts';

/** Whether the volume tells when an inode was born. Without that its number alone proves nothing: it is given to another file, or changes when the volume is mounted anew. */
export const hasBirth = (identity: string): boolean => !identity.endsWith(':0');

/** Size and time of writing: what moving leaves as it is. */
export const writtenPart = (stamp: string): string => stamp.slice(0, stamp.lastIndexOf(':'));

/**
 * Tells whether what lies on the disk is what a row says, on volumes whose inode numbers prove nothing (exFAT, NTFS through FUSE, some network
 * volumes): a file by size and time of writing, a folder by something that it still holds.
 */
export class InodeEvidence {
  readonly #listings: ReadonlyMap<string, ScanFolder>;
  readonly #places: KnownPlaces;

  constructor(folders: readonly ScanFolder[], places: KnownPlaces) {
    this.#listings = new Map(folders.map((folder) => [folder.path, folder]));
    this.#places = places;
  }

  /** `folder`: the path in which the entry was found. */
  supports(row: LocalRow, entry: ScanEntry, folder: string): boolean {
    if (row.kind !== entry.kind) return false;
    if (row.kind === 'file') return writtenPart(row.stamp) === writtenPart(entry.stamp);
    const known = this.#places.siblings(row.id);
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const entries = this.#listings.get(path)?.entries ?? [];
    if (known.size === 0) return entries.length === 0;
    return entries.some((below) => {
      const was = known.get(below.name);
      return was !== undefined && this.supports(was, below, path);
    });
  }

  /** Ids of rows that are still at their old paths. */
  unmoved(rootId: string): Set<string> {
    const found = new Set<string>();
    const visit = (id: string, path: string): void => {
      for (const entry of this.#listings.get(path)?.entries ?? []) {
        const row = this.#places.siblings(id).get(entry.name);
        if (row === undefined || row.kind !== entry.kind) continue;
        if (this.supports(row, entry, path)) found.add(row.id);
        if (row.kind === 'folder') visit(row.id, path === '' ? entry.name : `${path}/${entry.name}`);
      }
    };
    visit(rootId, '');
    return found;
  }
}
