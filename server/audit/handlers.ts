import type { ServerContract } from '#shared/contract/server.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { RequestContext, Services } from '../context.ts';
import { filteredEntries, toEntry } from './search.ts';
import { inspectAudit } from './verify.ts';

/** Administrators look into what happened, newest first, and prove that nobody changed it (ADM-34). */
export function auditHandlers({
  database,
}: Pick<Services, 'database'>): Pick<Handlers<ServerContract, RequestContext>, 'audit.search' | 'audit.verify'> {
  return {
    'audit.search': async ({ before, limit, ...filter }, { tenantId }) => {
      let query = await filteredEntries(database, tenantId, filter);
      if (before !== undefined) query = query.where('sequence', '<', before);
      const rows = await query.orderBy('sequence', 'desc').limit(limit).execute();
      return { entries: rows.map((row) => toEntry(row)) };
    },
    'audit.verify': async (_input, { tenantId }) => inspectAudit(database, tenantId),
  };
}
