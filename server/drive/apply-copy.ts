import { assert } from '#shared/base/assert.ts';
import { mostCopied, type Mutation } from '#shared/model/drive.ts';
import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';
import { normalContent } from '../content/stored-content.ts';
import { contentProblem, isOutcome, liveFolder, noRoom, ruledOut } from './apply-checks.ts';
import { heldBy } from './apply-lock.ts';
import type { Batch } from './batch.ts';
import type { CopiedNode } from './copy-sources.ts';
import type { NodeRow } from './nodes.ts';
import { applied, conflict, refused, type Outcome } from './outcome.ts';

/**
 * Makes a file, or a folder with all that is live in it, once more: without a byte sent, without earlier versions, and each file judged by the
 * rules under its name as if it had been sent. All of it or nothing.
 */
export async function applyCopy(batch: Batch, { id, key, parentId, name: wanted }: Extract<Mutation, { kind: 'copy' }>): Promise<Outcome> {
  const { tree, prepared } = batch;
  const name = normalName(wanted);
  const problem = nameProblem(name);
  if (problem !== null) return refused(problem);
  const source = prepared.copies.get(key) ?? { kind: 'missing' };
  if (source.kind === 'too_many') return refused('too_many', String(mostCopied));
  if (source.kind !== 'found') return conflict(source.kind, null);
  const nodes = source.nodes.map((node) => (node.id === id ? { ...node, name } : node));
  for (const { name: own, content } of nodes) {
    const ruled = content === null ? null : ruledOut(batch, own, content);
    if (ruled !== null) return ruled;
  }
  const twin = await tree.node(id);
  if (twin !== null || prepared.foreignIds.has(id)) return conflict('id_taken', twin);
  const parent = await liveFolder(batch, parentId);
  if (isOutcome(parent)) return parent;
  const held = heldBy(await batch.locks.holderOf(parent));
  if (held !== null) return held;
  const occupant = await tree.occupant(parent.id, foldedName(name));
  if (occupant !== null) return conflict('name_taken', occupant);
  const sizeBytes = nodes.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
  const lacking = noRoom(batch, { sizeBytes }) ?? missing(batch, nodes);
  if (lacking !== null) return lacking;
  const rows = nodes.map((node) => put(batch, node, parent.id));
  const made = rows[0];
  assert(made !== undefined, 'a copy takes at least the node itself along');
  return applied(made);
}

/** What the contents lack, of all files together. */
function missing(batch: Batch, nodes: readonly CopiedNode[]): Outcome | null {
  const hashes = new Set<string>();
  for (const { content } of nodes) {
    const found = content === null ? null : contentProblem(batch, content);
    if (found?.kind === 'missing_chunks') for (const hash of found.hashes) hashes.add(hash);
    else if (found !== null) return found;
  }
  return hashes.size === 0 ? null : { kind: 'missing_chunks', hashes: [...hashes] };
}

const put = (batch: Batch, node: CopiedNode, folderId: string): NodeRow =>
  batch.tree.put({
    id: node.id,
    parent_id: node.parentId ?? folderId,
    name: node.name,
    folded_name: foldedName(node.name),
    kind: node.content === null ? 'folder' : 'file',
    revision: 1,
    version: node.content === null ? 0 : 1,
    content: node.content === null ? null : batch.write(normalContent(node.content), node.name),
    updated_at: batch.author.at,
    updated_by: batch.author.memberId,
    trashed_at: null,
    trashed_by: null,
    trash_root_id: null,
    access_sequence: null,
    lock: null,
  });
