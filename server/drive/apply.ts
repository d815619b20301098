import { assertNever } from '#shared/base/assert.ts';
import type { Content, Mutation } from '#shared/model/drive.ts';
import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';
import { normalContent } from '../content/stored-content.ts';
import type { Batch } from './batch.ts';
import { contentProblem, isOutcome, liveFolder, noRoom, ruledOut } from './apply-checks.ts';
import { applyCopy } from './apply-copy.ts';
import { applyLock, applyUnlock, heldBy } from './apply-lock.ts';
import { applyDelete, applyRestore } from './apply-trash.ts';
import { readContent, shownContent, type NodeRow } from './nodes.ts';
import { applied, conflict, refused, type Outcome } from './outcome.ts';

type Of<K extends Mutation['kind']> = Extract<Mutation, { kind: K }>;

/** Carries one mutation out in memory, or says why not; nothing has changed then. */
export async function apply(batch: Batch, mutation: Mutation): Promise<Outcome> {
  switch (mutation.kind) {
    case 'create_folder':
    case 'create_file':
      return create(batch, mutation);
    case 'update_content':
      return updateContent(batch, mutation);
    case 'move':
      return move(batch, mutation);
    case 'delete':
      return applyDelete(batch, mutation);
    case 'restore':
      return applyRestore(batch, mutation);
    case 'restore_version':
      return restoreVersion(batch, mutation);
    case 'lock':
      return applyLock(batch, mutation);
    case 'unlock':
      return applyUnlock(batch, mutation);
    case 'copy':
      return applyCopy(batch, mutation);
    default:
      return assertNever(mutation, 'mutation');
  }
}

async function create(batch: Batch, mutation: Of<'create_folder' | 'create_file'>): Promise<Outcome> {
  const { tree, author } = batch;
  const name = normalName(mutation.name);
  const problem = nameProblem(name);
  if (problem !== null) return refused(problem);
  const content = mutation.kind === 'create_file' ? mutation.content : null;
  const ruled = mutation.kind === 'create_file' ? ruledOut(batch, name, mutation.content, mutation.through) : null;
  if (ruled !== null) return ruled;
  const twin = await tree.node(mutation.id);
  if (twin !== null || batch.prepared.foreignIds.has(mutation.id)) return conflict('id_taken', twin);
  const parent = await liveFolder(batch, mutation.parentId);
  if (isOutcome(parent)) return parent;
  const held = heldBy(await batch.locks.holderOf(parent));
  if (held !== null) return held;
  const folded = foldedName(name);
  const occupant = await tree.occupant(parent.id, folded);
  if (occupant !== null) return conflict('name_taken', occupant);
  const lacking = content === null ? null : (noRoom(batch, content) ?? contentProblem(batch, content));
  if (lacking !== null) return lacking;
  return applied(
    tree.put({
      id: mutation.id,
      parent_id: parent.id,
      name,
      folded_name: folded,
      kind: content === null ? 'folder' : 'file',
      revision: 1,
      version: content === null ? 0 : 1,
      content: content === null ? null : batch.write(normalContent(content), name),
      updated_at: author.at,
      updated_by: author.memberId,
      trashed_at: null,
      trashed_by: null,
      trash_root_id: null,
      access_sequence: null,
      lock: null,
    }),
  );
}

/** A live node other than the space's root, or why there is none. */
async function liveNode(batch: Batch, id: string): Promise<NodeRow | Outcome> {
  const node = await batch.tree.node(id);
  if (node === null) return conflict('missing', null);
  if (node.trashed_at !== null) return conflict('trashed', node);
  return node.parent_id === null ? refused('root_fixed') : node;
}

function putContent(batch: Batch, file: NodeRow, content: Content): Outcome {
  batch.keepVersion(file);
  return applied(
    batch.tree.put({
      ...file,
      revision: file.revision + 1,
      version: file.version + 1,
      content: batch.write(normalContent(content), file.name),
      updated_at: batch.author.at,
      updated_by: batch.author.memberId,
    }),
  );
}

async function updateContent(batch: Batch, mutation: Of<'update_content'>): Promise<Outcome> {
  const file = await liveNode(batch, mutation.nodeId);
  if (isOutcome(file)) return file;
  if (file.kind !== 'file') return refused('not_a_file');
  const ruled = ruledOut(batch, file.name, mutation.content);
  if (ruled !== null) return ruled;
  const held = heldBy(await batch.locks.holderOf(file));
  if (held !== null) return held;
  if (file.version !== mutation.baseVersion) return conflict('version_changed', file);
  return noRoom(batch, mutation.content) ?? contentProblem(batch, mutation.content) ?? putContent(batch, file, mutation.content);
}

async function move(batch: Batch, mutation: Of<'move'>): Promise<Outcome> {
  const { tree, author } = batch;
  const node = await liveNode(batch, mutation.nodeId);
  if (isOutcome(node)) return node;
  const name = normalName(mutation.name);
  const problem = nameProblem(name);
  if (problem !== null) return refused(problem);
  if (name === node.name && mutation.parentId === node.parent_id) return applied(node);
  const ruled = node.content !== null && name !== node.name ? ruledOut(batch, name, { ...readContent(node.content), sizeBytes: 0 }) : null;
  if (ruled !== null) return ruled;
  const parent = await liveFolder(batch, mutation.parentId);
  if (isOutcome(parent)) return parent;
  if (node.kind === 'folder' && (await tree.isWithin(parent.id, node.id))) return conflict('cycle', node);
  const held = heldBy((await batch.locks.holderOfTree(node)) ?? (await batch.locks.holderOf(parent)));
  if (held !== null) return held;
  const folded = foldedName(name);
  const occupant = await tree.occupant(parent.id, folded);
  if (occupant !== null && occupant.id !== node.id) return conflict('name_taken', occupant);
  if (node.content !== null && name !== node.name) batch.share(readContent(node.content), name);
  return applied(
    tree.put({
      ...node,
      parent_id: parent.id,
      name,
      folded_name: folded,
      revision: node.revision + 1,
      updated_at: author.at,
      updated_by: author.memberId,
    }),
  );
}

/** An earlier content becomes the newest version; what was current until now is kept like any other. */
async function restoreVersion(batch: Batch, mutation: Of<'restore_version'>): Promise<Outcome> {
  const file = await liveNode(batch, mutation.nodeId);
  if (isOutcome(file)) return file;
  if (file.kind !== 'file') return refused('not_a_file');
  if (file.version === mutation.version) return applied(file);
  const held = heldBy(await batch.locks.holderOf(file));
  if (held !== null) return held;
  await batch.flush();
  const version = await batch.database
    .selectFrom('versions')
    .select('content')
    .where('tenant_id', '=', batch.author.tenantId)
    .where('node_id', '=', file.id)
    .where('version', '=', mutation.version)
    .executeTakeFirst();
  if (version === undefined) return conflict('missing', file);
  const ruled = ruledOut(batch, file.name, readContent(version.content));
  if (ruled !== null) return ruled;
  const content = shownContent(readContent(version.content));
  return noRoom(batch, content) ?? putContent(batch, file, content);
}
