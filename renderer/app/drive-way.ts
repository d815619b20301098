import type { Space } from '#shared/model/drive.ts';

/** One step of the way to a folder. */
export interface WayStep {
  readonly id: string;
  readonly name: string;
}

/** The way from the space's root to a folder, both included. `path` may hold the root and the folder itself or not; the root is called as its space. */
export function wayTo(space: Pick<Space, 'rootId' | 'name'>, path: readonly WayStep[], folder: WayStep): readonly WayStep[] {
  const between = path.filter(({ id }) => id !== space.rootId && id !== folder.id);
  const root = { id: space.rootId, name: space.name };
  return folder.id === space.rootId ? [root] : [root, ...between, { id: folder.id, name: folder.name }];
}

/** The way as one line: `営業 › 見積`. */
export const wayText = (way: readonly WayStep[]): string => way.map(({ name }) => name).join(' › ');

/** The spaces by kind, in the order of the tree. */
export function spaceGroups<S extends Pick<Space, 'kind'>>(
  spaces: readonly S[],
): readonly { readonly kind: Space['kind']; readonly spaces: readonly S[] }[] {
  return (['shared', 'my', 'folder', 'room'] as const)
    .map((kind) => ({ kind, spaces: spaces.filter((space) => space.kind === kind) }))
    .filter(({ spaces: found }) => found.length > 0);
}
