import { assertNever } from '#shared/base/assert.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { Mutation, type MutationResult, type Node } from '#shared/model/drive.ts';
import type { Step, ThereStep } from '#shared/sync/plan.ts';
import { contentToken, samePlace } from '#shared/sync/tree.ts';
import { pathOf, subjectState, type Action, type RootContext } from './root-context.ts';
import { remoteRow, syncedRow } from './rows.ts';

/** Of `drive.mutate`: many mutations travel in one request, each with its own answer. */
export const batchMutations = 500;

/** Whether the server's state was not what was planned for: then its changes are asked for at once. */
export interface Outcome {
  readonly surprised: boolean;
}

/** Writes mutations down before they are sent, so that an answer that is lost is asked for again and never decided anew. */
export async function sendMutations(context: RootContext, mutations: readonly Mutation[]): Promise<Outcome> {
  if (mutations.length === 0) return { surprised: false };
  context.store.addPending(mutations.map((mutation) => ({ key: mutation.key, mutation: JSON.stringify(mutation) })));
  context.store.commit();
  return send(context, mutations);
}

/** Asks again for the answers that never came, before anything new is planned. */
export async function repeatPending(context: RootContext): Promise<Outcome> {
  let surprised = false;
  const rows = [...context.store.pending];
  for (let from = 0; from < rows.length; from += batchMutations) {
    const batch = rows.slice(from, from + batchMutations).map(({ mutation }) => Mutation.parse(JSON.parse(mutation)));
    surprised = (await send(context, batch)).surprised || surprised;
  }
  return { surprised };
}

async function send(context: RootContext, mutations: readonly Mutation[]): Promise<Outcome> {
  const server = connect(tenant, context.transport.call);
  const { results } = await server['drive.mutate']({ spaceId: context.spaceId, mutations: [...mutations] });
  let surprised = false;
  results.forEach((result, index) => {
    const mutation = mutations[index];
    if (mutation !== undefined && !settle(context, mutation, result)) surprised = true;
  });
  context.store.removePending(mutations.map(({ key }) => key));
  context.store.commit();
  return { surprised };
}

const idOf = (mutation: Mutation): string => ('id' in mutation ? mutation.id : mutation.nodeId);

const stepKinds: Readonly<Record<Mutation['kind'], ThereStep['kind']>> = {
  create_folder: 'create_folder',
  create_file: 'create_file',
  update_content: 'update',
  move: 'move_there',
  delete: 'delete_there',
  restore: 'create_file',
  restore_version: 'update',
  copy: 'create_file',
  lock: 'update',
  unlock: 'update',
};

/** Takes one answer into the trees; false when it was not the one hoped for. */
function settle(context: RootContext, mutation: Mutation, result: MutationResult): boolean {
  const { store, failures } = context;
  const id = idOf(mutation);
  const step = { kind: stepKinds[mutation.kind], id } as Step;
  switch (result.kind) {
    case 'applied':
      failures.clear(id);
      if (mutation.kind === 'update_content') failures.sent(id);
      applied(context, mutation, result.node);
      return true;
    case 'conflict':
      if (result.node !== null) takeNode(context, result.node);
      if (result.reason === 'id_taken' && result.node !== null && isOurs(mutation, result.node)) applied(context, mutation, result.node);
      else failures.record(step, subjectState(store, step), { reason: result.reason, quiet: true });
      return false;
    case 'refused':
      failures.refuse(step, subjectState(store, step), result.reason, result.detail ?? null);
      return true;
    case 'missing_chunks':
      failures.record(step, subjectState(store, step), { reason: 'missing_chunks', quiet: true });
      return true;
    default:
      return assertNever(result, 'result');
  }
}

/** The server forgot our key but has what we asked for. */
const isOurs = (mutation: Mutation, node: Node): boolean =>
  (mutation.kind === 'create_folder' && node.kind === 'folder' && !node.trashed) ||
  (mutation.kind === 'create_file' && node.version === 1 && node.content?.contentHash === mutation.content.contentHash && !node.trashed);

/** A node's state as the server just told it, unless something newer is known. */
export function takeNode({ store }: RootContext, node: Node): void {
  const known = store.remote.get(node.id);
  if (known === undefined || known.sequence <= node.sequence) store.remote.put(remoteRow(node));
}

const actions: Readonly<Partial<Record<Mutation['kind'], Action>>> = {
  create_file: 'uploaded',
  update_content: 'uploaded',
  move: 'moved_there',
  delete: 'deleted_there',
};

function applied(context: RootContext, mutation: Mutation, node: Node): void {
  const { store, report } = context;
  takeNode(context, node);
  const local = store.local.get(node.id);
  const before = store.synced.get(node.id);
  const action = actions[mutation.kind];
  if (action !== undefined) report.did(action, local === undefined ? node.name : pathOf(store, local.id, context.topId));
  if (node.trashed) {
    store.synced.delete(node.id);
    if (node.kind === 'folder') report.alsoDeleted(store.nodes.filesBelow(node.id));
    return;
  }
  const row = syncedRow(remoteRow(node));
  switch (mutation.kind) {
    case 'create_folder':
    case 'create_file':
      store.synced.put(row);
      return;
    case 'update_content': {
      const { contentHash, executable } = mutation.content;
      if (before === undefined || row.content !== contentToken(contentHash, executable)) return;
      store.synced.put({ ...before, content: row.content, version: row.version, chunks: row.chunks });
      return;
    }
    case 'move':
      if (before !== undefined && samePlace(row, { parentId: mutation.parentId, name: mutation.name.normalize('NFC') })) {
        store.synced.put({ ...before, parentId: row.parentId, name: row.name });
      }
  }
}
