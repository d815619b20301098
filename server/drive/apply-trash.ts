import type { Mutation } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { isOutcome } from './apply-checks.ts';
import { heldBy } from './apply-lock.ts';
import type { Batch } from './batch.ts';
import { freeName } from './free-name.ts';
import { applied, conflict, refused, type Outcome } from './outcome.ts';
import { isPurged } from './purge-trash.ts';
import { changedBelow, restoreBelow, trashSubtree } from './subtree.ts';

type Of<K extends Mutation['kind']> = Extract<Mutation, { kind: K }>;

/** Moves a node, with all that is live below it, to the space's trash. A file goes only in the version that the deleter saw. */
export async function applyDelete(batch: Batch, { nodeId, baseVersion, ifEmpty, baseSequence }: Of<'delete'>): Promise<Outcome> {
  const { tree, author } = batch;
  const node = await tree.node(nodeId);
  if (node === null) return conflict('missing', null);
  if (node.trashed_at !== null) return conflict('trashed', node);
  if (node.parent_id === null) return refused('root_fixed');
  const held = heldBy(await batch.locks.holderOfTree(node));
  if (held !== null) return held;
  if (node.kind === 'file') {
    if (node.version !== baseVersion) return conflict('version_changed', node);
    await batch.locks.releaseTree(node);
    return applied(
      tree.put({
        ...(await tree.node(node.id))!,
        revision: node.revision + 1,
        trashed_at: author.at,
        trashed_by: author.memberId,
        trash_root_id: node.id,
      }),
    );
  }
  if (ifEmpty === true && (await tree.hasLiveChildren(node.id))) return conflict('not_empty', node);
  await batch.flush();
  const place = { tenantId: author.tenantId, rootId: node.id, sequence: tree.sequence };
  if (baseSequence !== undefined && (await changedBelow(batch.database, { ...place, sequence: baseSequence })))
    return conflict('not_empty', node);
  await batch.locks.releaseTree(node);
  await batch.flush();
  const below = { ...place, sequence: tree.sequence };
  tree.changedOutside(await trashSubtree(batch.database, below, { at: author.at, by: author.memberId }));
  return applied((await tree.node(node.id))!);
}

/**
 * Brings a node back from the trash with what went there together with it: to where it was or, where that is gone, to where the same people
 * see it (the space's root, as a rule); under its name, or the next free one.
 */
export async function applyRestore(batch: Batch, { nodeId }: Of<'restore'>): Promise<Outcome> {
  const { tree, author } = batch;
  const node = await tree.node(nodeId);
  if (node === null) return conflict('missing', null);
  if (isPurged(node)) return conflict('missing', null);
  if (node.trashed_at === null) return applied(node);
  const former = await tree.node(node.parent_id!);
  const landing = former !== null && former.trashed_at === null ? former : await batch.guard.landing(node);
  if (isOutcome(landing)) return landing;
  const parentId = landing.id;
  const name = await freeName(node.name, async (folded) => (await tree.occupant(parentId, folded)) !== null);
  if (name === null) return conflict('name_taken', await tree.occupant(parentId, foldedName(node.name)));
  const restored = tree.put({
    ...node,
    parent_id: parentId,
    name,
    folded_name: foldedName(name),
    revision: node.revision + 1,
    trashed_at: null,
    trashed_by: null,
    trash_root_id: null,
  });
  if (node.kind === 'folder') {
    await batch.flush();
    const place = { tenantId: author.tenantId, rootId: node.id, sequence: tree.sequence };
    tree.changedOutside(await restoreBelow(batch.database, place, node.trash_root_id!));
  }
  return applied(restored);
}
