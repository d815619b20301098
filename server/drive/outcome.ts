import type { MutationResult } from '#shared/model/drive.ts';
import { toNode, type NodeRow } from './nodes.ts';

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

/** An outcome as the client gets it. */
export function toResult(key: string, outcome: Outcome): MutationResult {
  switch (outcome.kind) {
    case 'applied':
      return { key, kind: 'applied', node: toNode(outcome.row) };
    case 'conflict':
      return { key, kind: 'conflict', reason: outcome.reason, node: outcome.row === null ? null : toNode(outcome.row) };
    case 'refused':
    case 'missing_chunks':
      return { key, ...outcome };
  }
}
