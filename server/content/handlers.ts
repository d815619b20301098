import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import { judgeFile } from './judge.ts';
import { reachOf, reachableChunks } from './reach.ts';

/** What people and programs ask before they send bytes. */
export function contentHandlers({ database }: Services): Pick<Handlers<ServerContract, RequestContext>, 'content.missing' | 'file.judge'> {
  return {
    'content.missing': async ({ hashes }, { tenantId, member }) => {
      const found = await reachableChunks(database, tenantId, await reachOf(database, tenantId, member.id), hashes);
      return { missing: [...new Set(hashes)].filter((hash) => !found.has(hash)) };
    },

    'file.judge': async ({ service, name, sizeBytes }, { policy }) => {
      const decision = judgeFile(service, name, sizeBytes, policy);
      if (decision.effect === 'allow') return { allowed: true };
      const { reason, rule, subject } = decision;
      return { allowed: false, reason, rule, ...(subject === undefined ? {} : { subject }) };
    },
  };
}
