import type { DenyReason } from '#shared/model/decision.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import type { Policy } from '#shared/model/policy.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { spaceGroups } from './drive-way.ts';
import { compareNames } from './node-names.ts';

/** A rule's word against attaching a file. */
export interface Refusal {
  readonly reason: DenyReason;
  readonly subject: string | null;
}
/** A line of the picker. `id` is that of the folder it opens, or of the file. */
export type PickerRow =
  | { readonly kind: 'heading'; readonly id: string; readonly space: Space['kind'] }
  | { readonly kind: 'space'; readonly id: string; readonly name: string; readonly space: Space; readonly closed: boolean }
  | { readonly kind: 'folder'; readonly id: string; readonly name: string }
  | { readonly kind: 'file'; readonly id: string; readonly name: string; readonly node: Node; readonly refusal: Refusal | null };

/** What is looked for: a folder to put something into, or files to take. */
export type Wanted = 'folder' | 'files';

/** All drives by kind. Where something is to be put, those that may only be viewed are closed. */
export const spaceRows = (spaces: readonly Space[], wanted: Wanted): readonly PickerRow[] =>
  spaceGroups(spaces).flatMap(({ kind, spaces: inGroup }): readonly PickerRow[] => [
    { kind: 'heading', id: kind, space: kind },
    ...inGroup.map((space) => ({
      kind: 'space' as const,
      id: space.rootId,
      name: space.name,
      space,
      closed: wanted === 'folder' && space.permission !== 'edit',
    })),
  ]);

/** What is in a folder, by name: folders, then, if files are wanted, those with what the rules say to sending them in Talk (FIL-03). */
export function folderRows(nodes: readonly Node[], wanted: Wanted, policy: Policy): readonly PickerRow[] {
  const sorted = nodes.toSorted((a, b) => compareNames(a.name, b.name));
  const folders = sorted.filter(({ kind }) => kind === 'folder').map(({ id, name }) => ({ kind: 'folder' as const, id, name }));
  if (wanted === 'folder') return folders;
  const files = sorted.filter(({ kind }) => kind === 'file').map((node) => ({ kind: 'file' as const, id: node.id, name: node.name, node }));
  return [...folders, ...files.map((file) => ({ ...file, refusal: refusalOf(file.node, policy) }))];
}

function refusalOf({ name, content }: Node, policy: Policy): Refusal | null {
  const decision = decideFile(
    { kind: 'file', direction: 'send', service: 'talk', through: 'drive', name, sizeBytes: content?.sizeBytes ?? 0 },
    policy,
  );
  return decision.effect === 'allow' ? null : { reason: decision.reason, subject: decision.subject ?? null };
}
