import { sql } from 'kysely';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import { judgeFile } from './judge.ts';
import { reachOf, reachableChunks } from './reach.ts';

/** What people and programs ask before they send bytes. */
export function contentHandlers({
  database,
}: Services): Pick<Handlers<ServerContract, RequestContext>, 'content.missing' | 'file.judge' | 'download.search'> {
  return {
    'content.missing': async ({ hashes }, { tenantId, member }) => {
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
        const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
        query = query.where(sql<boolean>`lower(download_log.name) like ${pattern} escape '\\'`);
      }
      const entries = await query.orderBy('download_log.id', 'desc').limit(limit).execute();
      return { entries: entries.map((entry) => ({ ...entry, service: entry.service as 'talk' | 'drive' })) };
    },

    'file.judge': async ({ service, name, sizeBytes }, { policy }) => {
      const decision = judgeFile(service, name, sizeBytes, policy);
      if (decision.effect === 'allow') return { allowed: true };
      const { reason, rule, subject } = decision;
      return { allowed: false, reason, rule, ...(subject === undefined ? {} : { subject }) };
    },
  };
}
