import { sql } from 'kysely';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Decision } from '#shared/model/decision.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { nodeAccess, spacePermission } from './access.ts';
import { judgeFile } from './judge.ts';
import { absentSpace } from './my-drive.ts';
import { judgeRoom } from './quota.ts';
import { reachOf, reachableChunks } from './reach.ts';
import { touchStale } from './touch-chunks.ts';
import { containing } from '../store/like.ts';

/** What people and programs ask before they send bytes. */
export function contentHandlers({
  database,
  clock,
}: Services): Pick<Handlers<ServerContract, RequestContext>, 'content.missing' | 'file.judge' | 'download.search'> {
  return {
    'content.missing': async ({ hashes }, { tenantId, member }) => {
      await touchStale(database, tenantId, hashes, clock.now());
      const found = await reachableChunks(database, tenantId, await reachOf(database, tenantId, member.id), hashes);
      return { missing: [...new Set(hashes)].filter((hash) => !found.has(hash)) };
    },

    'download.search': async ({ member, text, since, until, before, limit }, { tenantId }) => {
      let query = database
        .selectFrom('download_log')
        .innerJoin('members', (join) =>
          join.onRef('members.tenant_id', '=', 'download_log.tenant_id').onRef('members.id', '=', 'download_log.member_id'),
        )
        .select(['download_log.id', 'at', 'download_log.member_id as memberId', 'members.name as memberName', 'service'])
        .select(['download_log.name', 'size_bytes as sizeBytes', 'client', 'address'])
        .where('download_log.tenant_id', '=', tenantId);
      if (member !== undefined) query = query.where('download_log.member_id', '=', member);
      if (since !== undefined) query = query.where('at', '>=', since);
      if (until !== undefined) query = query.where('at', '<', until);
      // Ids are made in the order of time.
      if (before !== undefined) query = query.where('download_log.id', '<', before);
      if (text !== undefined && text !== '') {
        const pattern = containing(text);
        query = query.where(sql<boolean>`lower(download_log.name) like ${pattern} escape '\\'`);
      }
      const entries = await query.orderBy('download_log.id', 'desc').limit(limit).execute();
      return { entries: entries.map((entry) => ({ ...entry, service: entry.service as 'talk' | 'drive' })) };
    },

    'file.judge': async ({ service, name, sizeBytes, spaceId }, context) => {
      const { policy } = context;
      const byName = judgeFile(service, name, sizeBytes, policy);
      const asksRoom = byName.effect === 'allow' && service === 'drive' && spaceId !== undefined;
      const decision = asksRoom ? await judgeSpace(database, context, spaceId, sizeBytes) : byName;
      if (decision.effect === 'allow') return { allowed: true };
      const { reason, rule, subject } = decision;
      return { allowed: false, reason, rule, ...(subject === undefined ? {} : { subject }) };
    },
  };
}

/** Whether a drive that the asker may see, or a folder of one that was shared with them, has room for so much more. Throws `not_found` for every other. */
async function judgeSpace(
  database: Database,
  { tenantId, member, policy }: RequestContext,
  viewId: string,
  sizeBytes: number,
): Promise<Decision> {
  const isWhole = (await spacePermission(database, tenantId, member.id, viewId)) !== 'none';
  const folder = isWhole ? undefined : (await nodeAccess(database, { tenantId, memberId: member.id }, [viewId])).get(viewId);
  const spaceId = isWhole ? viewId : folder?.viewId === viewId ? folder.spaceId : null;
  if (spaceId === null) throw await absentSpace(database, { tenantId, memberId: member.id }, viewId);
  const space = await database
    .selectFrom('spaces')
    .select(['kind', 'owner_id', 'quota_bytes', 'used_bytes'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirstOrThrow();
  return judgeRoom(space, space.used_bytes, sizeBytes, policy);
}
