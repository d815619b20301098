/** Where one is in Drive: a folder, a drive's trash, or what is gathered from everywhere (DRV-01). */
export type DrivePlace =
  | { readonly kind: 'folder'; readonly folderId: string }
  | { readonly kind: 'trash'; readonly spaceId: string }
  | { readonly kind: Gathered };
export const gatheredPlaces = ['recent', 'starred', 'links'] as const;
export type Gathered = (typeof gatheredPlaces)[number];

const isGathered = (part: string): part is Gathered => (gatheredPlaces as readonly string[]).includes(part);

/** Reads the rest of a path: `[FOLDER]`, `['trash', SPACE]`, `['starred']`. Null for none, or one that leads nowhere. */
export function placeOf(path: readonly string[], isSpace: (id: string) => boolean): DrivePlace | null {
  const [first, second] = path;
  if (first === undefined) return null;
  if (first === 'trash') return second !== undefined && isSpace(second) ? { kind: 'trash', spaceId: second } : null;
  return isGathered(first) ? { kind: first } : { kind: 'folder', folderId: first };
}

/** A name for a place, under which its choice and scroll are kept. */
export const placeKey = (place: DrivePlace): string =>
  place.kind === 'folder' ? place.folderId : place.kind === 'trash' ? `trash/${place.spaceId}` : place.kind;
