import { AppError } from '#shared/base/errors.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, RequestContext } from '../context.ts';
import { visibleNode } from './access.ts';
import { judgeReceipt, type FileService } from './judge.ts';
import { reachableChunks, type Reach, type StoredChunk } from './reach.ts';
import { scopeOfNodes } from './scopes.ts';
import { chunksOf, type Bytes } from './stored-content.ts';

/** A file that the asker may have, with where its bytes lie. */
export interface FoundFile {
  readonly name: string;
  readonly content: Bytes;
  readonly stored: ReadonlyMap<string, StoredChunk>;
}

const absent = () => new AppError('not_found', 'No such file');

/** Throws `denied` where the member may not receive files of that name (FIL-01). */
export function requireReceipt(service: FileService, name: string, policy: RequestContext['policy']): void {
  const decision = judgeReceipt(service, name, policy);
  if (decision.effect === 'deny') throw denial(decision);
}

/** A file of which one knows where it lies and that the asker may see it. Throws `denied` by FIL-01. */
export async function placedFile(
  database: Database,
  { tenantId, policy }: RequestContext,
  scopeId: string,
  service: FileService,
  file: { name: string; content: Bytes },
): Promise<FoundFile> {
  requireReceipt(service, file.name, policy);
  const reach: Reach = new Map([[scopeId, service]]);
  const hashes = chunksOf(file.content).map(({ hash }) => hash);
  return { ...file, stored: await reachableChunks(database, tenantId, reach, hashes) };
}

/** A file of the Drive in its current or an earlier version. Throws `not_found` also for what the asker may not see, `denied` by FIL-01. */
export async function nodeFile(database: Database, context: RequestContext, nodeId: string, version: string | null): Promise<FoundFile> {
  const { tenantId, member } = context;
  if (version !== null && !/^[1-9]\d{0,14}$/.test(version)) throw new AppError('invalid', 'A version is a whole number from 1 on');
  // First of all: what may not be seen is answered as what does not exist.
  await visibleNode(database, { tenantId, memberId: member.id }, nodeId);
  const node = await database
    .selectFrom('nodes')
    .select(['id', 'space_id', 'parent_id', 'name', 'version', 'content'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', nodeId)
    .executeTakeFirst();
  if (node === undefined || node.content === null) throw absent();
  let content = node.content;
  if (version !== null && Number(version) !== node.version) {
    const earlier = await database
      .selectFrom('versions')
      .select('content')
      .where('tenant_id', '=', tenantId)
      .where('node_id', '=', nodeId)
      .where('version', '=', Number(version))
      .executeTakeFirst();
    if (earlier === undefined) throw absent();
    content = earlier.content;
  }
  const scope = (await scopeOfNodes(database, tenantId, [node])).get(node.id)!;
  return placedFile(database, context, scope, 'drive', { name: node.name, content: JSON.parse(content) as Bytes });
}

/** A file of a message that the asker can see. Throws like `nodeFile`. */
export async function messageFile(database: Database, context: RequestContext, messageId: string, fileId: string): Promise<FoundFile> {
  const { tenantId, member } = context;
  const message = await database
    .selectFrom('messages')
    .innerJoin('memberships', (join) =>
      join.onRef('memberships.tenant_id', '=', 'messages.tenant_id').onRef('memberships.room_id', '=', 'messages.room_id'),
    )
    .select(['messages.room_id', 'messages.files'])
    .where('messages.tenant_id', '=', tenantId)
    .where('messages.id', '=', messageId)
    .where('memberships.member_id', '=', member.id)
    .where('memberships.left_room', '=', 0)
    .whereRef('messages.sequence', '>', 'memberships.joined_sequence')
    .executeTakeFirst();
  const files = JSON.parse(message?.files ?? '[]') as (Bytes & { id: string; name: string })[];
  const file = files.find(({ id }) => id === fileId);
  if (message === undefined || file === undefined) throw absent();
  return placedFile(database, context, message.room_id, 'talk', { name: file.name, content: file });
}
