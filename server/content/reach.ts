import type { Policy } from '#shared/model/policy.ts';
import { decideService, environmentOf } from '#shared/policy/decide-service.ts';
import type { Database, RequestContext } from '../context.ts';
import { listBatches, rowBatches } from './batches.ts';
import { mayReceive, type FileService } from './judge.ts';
import { readableScopes } from './scopes.ts';
import { insertRows, prepared } from '../store/prepared.ts';

/** Where a chunk's bytes lie. `offset` is that of its first byte in the stored pack; its 36-byte header stands before it. */
export interface StoredChunk {
  readonly hash: string;
  readonly packId: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Through what a member may reach content: scope id → the service whose rules hold there, null for what they sent themselves. */
export type Reach = ReadonlyMap<string, FileService | null>;

export const uploadScope = (memberId: string): string => `upload:${memberId}`;

/** The spaces and folders a member may read, the rooms they are in, and their own uploads. */
export async function reachOf(database: Database, tenantId: string, memberId: string): Promise<Reach> {
  const scopes = await readableScopes(database, { tenantId, memberId });
  const rooms = await database
    .selectFrom('memberships')
    .select('room_id')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .where('left_room', '=', 0)
    .execute();
  const reach = new Map<string, FileService | null>([[uploadScope(memberId), null]]);
  for (const scopeId of scopes) reach.set(scopeId, 'drive');
  for (const room of rooms) reach.set(room.room_id, 'talk');
  return reach;
}

/** What is left of it where the member's permission template denies a service (ADM-08): no request says which one its chunks belong to. */
export function reachWithin(reach: Reach, { session, member, policy }: RequestContext): Reach {
  const isAllowed = (service: FileService): boolean =>
    decideService(service, environmentOf(session.kind), member.templateId, policy).effect === 'allow';
  const denied = new Set((['talk', 'drive'] as const).filter((service) => !isAllowed(service)));
  return denied.size === 0 ? reach : new Map([...reach].filter(([, service]) => service === null || !denied.has(service)));
}

/**
 * Those of `hashes` that lie within `reach`. With a policy, only what its rules let the member receive (FIL-01):
 * a chunk that is reached through files of blocked extensions alone is not there.
 */
export async function reachableChunks(
  database: Database,
  tenantId: string,
  reach: Reach,
  hashes: Iterable<string>,
  policy?: Policy,
): Promise<Map<string, StoredChunk>> {
  const found = new Map<string, StoredChunk>();
  for (const some of listBatches([...new Set(hashes)])) {
    const rows = await prepared(
      database,
      `reachable chunks ${some.length}`,
      (queries) =>
        queries
          .selectFrom('chunks')
          .innerJoin('chunk_scopes', (join) =>
            join.onRef('chunk_scopes.tenant_id', '=', 'chunks.tenant_id').onRef('chunk_scopes.hash', '=', 'chunks.hash'),
          )
          .select(['chunks.hash', 'chunks.pack_id', 'chunks.pack_offset', 'chunks.size_bytes'])
          .select(['chunk_scopes.scope_id', 'chunk_scopes.ending'])
          .where('chunks.tenant_id', '=', tenantId)
          .where('chunks.hash', 'in', some),
      [tenantId, ...some],
    );
    for (const row of rows) {
      const service = reach.get(row.scope_id);
      if (service === undefined || found.has(row.hash)) continue;
      if (service !== null && policy !== undefined && !mayReceive(service, row.ending, policy)) continue;
      found.set(row.hash, { hash: row.hash, packId: row.pack_id, offset: row.pack_offset, sizeBytes: row.size_bytes });
    }
  }
  return found;
}

/** Makes chunks reachable through a space or room, under the endings of the files that hold them. */
export async function addToScope(
  database: Database,
  tenantId: string,
  scopeId: string,
  chunks: readonly { readonly hash: string; readonly ending: string }[],
): Promise<void> {
  // A large file may be one chunk many times over.
  const once = [...new Map(chunks.map((chunk) => [`${chunk.hash} ${chunk.ending}`, chunk])).values()];
  // In one order everywhere, so that two who add the same chunks never wait for each other.
  for (const some of rowBatches(once.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)))) {
    const rows = some.map(({ hash, ending }) => ({ tenant_id: tenantId, hash, scope_id: scopeId, ending }));
    await insertRows(database, 'chunk_scopes', rows, true);
  }
}
