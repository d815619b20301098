import { assert } from '#shared/base/assert.ts';
import type { MutationResult, Node } from '#shared/model/drive.ts';
import type { NodeRow } from './nodes.ts';

type Conflict = Extract<MutationResult, { kind: 'conflict' }>['reason'];

/** What a mutation came to, before its key is put on. */
export type Outcome =
  | { readonly kind: 'applied'; readonly row: NodeRow }
  | { readonly kind: 'conflict'; readonly reason: Conflict; readonly row: NodeRow | null }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail?: string }
  | { readonly kind: 'missing_chunks'; readonly hashes: string[] };

export const applied = (row: NodeRow): Outcome => ({ kind: 'applied', row });
export const conflict = (reason: Conflict, row: NodeRow | null): Outcome => ({ kind: 'conflict', reason, row });
export const refused = (reason: string, detail?: string): Outcome => ({
  kind: 'refused',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** An outcome as the client gets it; `node` is its row as they may see it, null where they may not. */
export function toResult(key: string, outcome: Outcome, node: Node | null): MutationResult {
  switch (outcome.kind) {
    case 'applied':
      assert(node !== null, 'who changes a node sees it');
      return { key, kind: 'applied', node };
    case 'conflict':
      return { key, kind: 'conflict', reason: outcome.reason, node };
    case 'refused':
    case 'missing_chunks':
      return { key, ...outcome };
  }
}
