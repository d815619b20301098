import type { Permission } from '#shared/model/drive.ts';
import { matchedExtension } from '#shared/policy/extension.ts';

/** A folder, or the trash, that something may be dropped on. `way` holds the ids of the folder and of all above it. */
export interface DropTarget {
  readonly folderId: string;
  readonly name: string;
  readonly spaceId: string;
  readonly permission: Permission;
  readonly way: readonly string[];
  /** What is dropped on it is deleted. */
  readonly isTrash?: boolean;
}

/** What hangs on the pointer: things of the desktop, or rows of ours. */
export type Dragged =
  | {
      readonly kind: 'files';
      readonly count: number;
      /** Unknown (empty) while hovering where the platform keeps names back until the drop. */
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'nodes';
      readonly spaceId: string;
      readonly nodes: readonly {
        readonly id: string;
        readonly name: string;
        readonly parentId: string | null;
        readonly kind: 'file' | 'folder';
      }[];
    };

export type DropVerdict =
  /** `kept` files of the count are stopped by a rule: they stay where they are. */
  | { readonly kind: 'add'; readonly count: number; readonly kept: number; readonly extension: string | null }
  | { readonly kind: 'move' | 'delete'; readonly count: number }
  /** `across`: to another drive, where nothing can move (DRV-08). */
  | { readonly kind: 'copy'; readonly count: number; readonly across: boolean }
  | {
      readonly kind: 'refuse';
      readonly reason: 'read_only' | 'extension_blocked' | 'here_already' | 'into_itself' | 'not_in_drive';
      readonly extension?: string;
    };

/**
 * What a drop would do, said while hovering: add, move, copy, or refuse and why (DRV-07, DRV-08, FIL-01). `copies`: the key for it is held.
 * Across drives nothing moves: a copy is made instead, and said so.
 */
export function dropVerdict(dragged: Dragged, target: DropTarget, blocked: readonly string[], copies = false): DropVerdict {
  if (target.isTrash === true) {
    if (dragged.kind === 'files') return { kind: 'refuse', reason: 'not_in_drive' };
    return target.permission === 'edit' ? { kind: 'delete', count: dragged.nodes.length } : { kind: 'refuse', reason: 'read_only' };
  }
  if (dragged.kind === 'nodes') {
    const across = dragged.spaceId !== target.spaceId;
    if (!copies && dragged.nodes.every(({ parentId }) => parentId === target.folderId)) return { kind: 'refuse', reason: 'here_already' };
    if (target.permission !== 'edit') return { kind: 'refuse', reason: 'read_only' };
    if (dragged.nodes.some(({ id, kind }) => kind === 'folder' && target.way.includes(id)))
      return { kind: 'refuse', reason: 'into_itself' };
    const count = dragged.nodes.length;
    return copies || across ? { kind: 'copy', count, across } : { kind: 'move', count };
  }
  if (target.permission !== 'edit') return { kind: 'refuse', reason: 'read_only' };
  const stopped = dragged.names.flatMap((name) => matchedExtension(name, blocked) ?? []);
  const extension = stopped[0] ?? null;
  if (extension !== null && stopped.length >= dragged.count) return { kind: 'refuse', reason: 'extension_blocked', extension };
  return { kind: 'add', count: dragged.count, kept: stopped.length, extension };
}
