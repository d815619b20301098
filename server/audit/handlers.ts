import type { ServerContract } from '#shared/contract/server.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { RequestContext, Services } from '../context.ts';

/** Administrators look into what happened, newest first (ADM-34). */
export function auditHandlers({ database }: Pick<Services, 'database'>): Pick<Handlers<ServerContract, RequestContext>, 'audit.search'> {
  return {
    'audit.search': async ({ action, before, limit }, { tenantId }) => {
      let query = database.selectFrom('audit_entries').selectAll().where('tenant_id', '=', tenantId);
      if (action !== undefined) query = query.where('action', '=', action);
      if (before !== undefined) query = query.where('sequence', '<', before);
      const rows = await query.orderBy('sequence', 'desc').limit(limit).execute();
      const entries = rows.map((row) => ({
        sequence: row.sequence,
        at: row.at,
        actorId: row.actor_id,
        action: row.action,
        target: row.target,
        result: row.result,
        address: row.address,
        client: row.client,
        details: JSON.parse(row.details) as Record<string, unknown>,
      }));
      return { entries };
    },
  };
}
