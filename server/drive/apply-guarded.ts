import type { Mutation } from '#shared/model/drive.ts';
import { apply } from './apply.ts';
import type { Batch } from './batch.ts';
import { addBelowToScope, touchSubtree } from './borders.ts';
import { applied, type Outcome } from './outcome.ts';

/**
 * Carries one mutation out as far as the author's permissions go (DRV-07), and sees to what a move across the border of a folder with members of its
 * own brings with it: whoever sees more or less from now on is told by the feed, and the content belongs to its new scope.
 */
export async function applyGuarded(batch: Batch, mutation: Mutation): Promise<Outcome> {
  const { guard } = batch;
  const denied = await guard.denies(mutation);
  if (denied !== null) return denied;
  if (!guard.hasRules) return noted(batch, mutation, await apply(batch, mutation));
  const placed = 'parentId' in mutation ? mutation.parentId : 'nodeId' in mutation ? mutation.nodeId : null;
  batch.scope = placed === null ? batch.space.id : await guard.scopeOf(placed);
  const before = mutation.kind === 'move' ? await guard.borders(mutation.nodeId) : null;
  const outcome = noted(batch, mutation, await apply(batch, mutation));
  if (outcome.kind !== 'applied' || before === null) return outcome;
  const after = await guard.borders(outcome.row.id);
  if (before.join() === after.join()) return outcome;
  await batch.flush();
  const { tree, database, author } = batch;
  const place = { tenantId: author.tenantId, rootId: outcome.row.id, sequence: tree.sequence };
  tree.changedOutside(await touchSubtree(database, place));
  await addBelowToScope(database, place, { scopeId: after[0] ?? batch.space.id, restricted: guard.restricted });
  batch.crossed = true;
  return applied((await tree.node(outcome.row.id))!);
}

/** Takes down what was uploaded where everybody in the space sees it. What comes from messages was seen there. */
function noted(batch: Batch, mutation: Mutation, outcome: Outcome): Outcome {
  const isUpload = (mutation.kind === 'create_file' && mutation.through !== 'talk') || mutation.kind === 'copy';
  if (outcome.kind === 'applied' && isUpload && batch.scope === batch.space.id) batch.uploads.push(outcome.row.name);
  return outcome;
}
