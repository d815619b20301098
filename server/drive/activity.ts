import { uuidv7 } from '#shared/base/uuid.ts';
import type { Mutation, Node } from '#shared/model/drive.ts';
import { insertActivities, type NewActivity } from '../content/activities.ts';
import type { Reader } from '../content/access.ts';
import { listBatches } from '../content/batches.ts';
import { noteRecent } from '../content/recent-files.ts';
import type { Database, Services } from '../context.ts';
import type { Batch } from './batch.ts';
import type { NodeRow } from './nodes.ts';

/** A mutation that was applied, with the node before it (null for new ones) and after it. */
export interface Happened {
  readonly mutation: Mutation;
  readonly before: NodeRow | null;
  readonly node: Node;
}

/** ADM-37: writes down what a batch did, one line a mutation, in its transaction; and which files its author used. */
export async function noteActivities(
  batch: Batch,
  happened: readonly Happened[],
  random: (sizeBytes: number) => Uint8Array,
): Promise<void> {
  const { author, space, database } = batch;
  const { tenantId, memberId, at } = author;
  const lines: NewActivity[] = [];
  for (const one of happened) {
    const said = await describe(batch, one);
    if (said === null) continue;
    const { id: nodeId, name } = one.node;
    lines.push({ id: '', at, memberId, spaceId: space.id, nodeId, name, ...said });
  }
  if (lines.length === 0) return;
  // Ids in the order of the mutations, though all are of one moment.
  const ids = lines.map(() => uuidv7(at, random(10))).toSorted();
  await insertActivities(
    database,
    tenantId,
    lines.map((line, index) => ({ ...line, id: ids[index]! })),
  );
  // Who comes by a link or a program that knows no files by name (WebDAV) is not the member at their desk.
  if (author.link !== undefined || author.dav !== undefined) return;
  const used = happened.filter(({ mutation, node }) => node.kind === 'file' && uses.has(mutation.kind));
  await noteRecent(
    database,
    author,
    used.map(({ node }) => node.id),
    at,
  );
}

const uses: ReadonlySet<Mutation['kind']> = new Set(['create_file', 'update_content', 'move', 'restore_version', 'copy']);

/** What is told of a mutation; null where it changed nothing. */
async function describe(
  { author, tree }: Batch,
  { mutation, before, node }: Happened,
): Promise<Pick<NewActivity, 'what' | 'details'> | null> {
  if (before !== null && before.sequence === node.sequence) return null;
  const byLink = author.link === undefined ? null : { what: 'upload_by_link', link: author.link };
  switch (mutation.kind) {
    case 'create_folder':
    case 'create_file':
      return { what: byLink?.what ?? 'create', details: { kind: node.kind, ...(byLink === null ? {} : { linkId: byLink.link }) } };
    case 'update_content':
      return { what: byLink?.what ?? 'update', details: { version: node.version, ...(byLink === null ? {} : { linkId: byLink.link }) } };
    case 'move': {
      if (before === null) return null;
      const renamed = before.name === node.name ? {} : { before: before.name };
      if (before.parent_id === mutation.parentId) return { what: 'rename', details: renamed };
      const [from, to] = [await tree.node(before.parent_id ?? ''), await tree.node(mutation.parentId)];
      return {
        what: 'move',
        details: { ...renamed, fromId: from?.id, fromPlace: from?.name, toId: to?.id, toPlace: to?.name },
      };
    }
    case 'restore_version':
      return { what: 'restore_version', details: { version: mutation.version } };
    case 'copy':
      return { what: 'copy', details: { kind: node.kind, fromId: mutation.nodeId } };
    default:
      return { what: mutation.kind, details: {} };
  }
}

/** ADM-37: writes down that nodes of a space's trash are destroyed for good, while their names are still known. */
export async function notePurge(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  { tenantId, memberId }: Reader,
  spaceId: string,
  nodeIds: readonly string[],
): Promise<void> {
  const at = clock.now();
  for (const ids of listBatches(nodeIds)) {
    const rows = await transaction
      .selectFrom('nodes')
      .select(['id', 'name'])
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids)
      .whereRef('trash_root_id', '=', 'id')
      .execute();
    await insertActivities(
      transaction,
      tenantId,
      rows.map(({ id: nodeId, name }) => ({ id: uuidv7(at, random(10)), at, memberId, what: 'purge', spaceId, nodeId, name, details: {} })),
    );
  }
}
