import { AppError } from '#shared/base/errors.ts';
import type { AdminLinksContract, AdministeredLink } from '#shared/contract/admin-links.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { LinkScope } from '#shared/model/rules-drive.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database, RequestContext } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import type { LinkEnds } from './end-links.ts';
import { endOf } from './standing.ts';

export type AdminLinkHandlers = Handlers<AdminLinksContract, RequestContext>;

/** More are not looked through for a text; the newest count. */
const mostLookedAt = 20_000;

/** DRV-11…14: every link of the company, for those who answer for them. */
export function adminLinkHandlers(database: Database, ends: LinkEnds): AdminLinkHandlers {
  const newest = (tenantId: string, scope: LinkScope | undefined) => {
    const query = database
      .selectFrom('links')
      .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'links.tenant_id').onRef('nodes.id', '=', 'links.node_id'))
      .innerJoin('spaces', (join) => join.onRef('spaces.tenant_id', '=', 'links.tenant_id').onRef('spaces.id', '=', 'links.space_id'))
      .innerJoin('members', (join) => join.onRef('members.tenant_id', '=', 'links.tenant_id').onRef('members.id', '=', 'links.created_by'))
      .selectAll('links')
      .select(['nodes.name as nodeName', 'nodes.kind as nodeKind', 'spaces.name as spaceName', 'members.name as createdByName'])
      .where('links.tenant_id', '=', tenantId)
      .where('links.ended_at', 'is', null);
    const chosen = scope === undefined ? query : query.where('links.scope', '=', scope);
    return chosen.orderBy('links.created_at', 'desc').orderBy('links.id', 'desc').limit(mostLookedAt).execute();
  };
  type Row = Awaited<ReturnType<typeof newest>>[number];
  const shown = (row: Row, policy: Policy): AdministeredLink => ({
    id: row.id,
    nodeId: row.node_id,
    nodeName: row.nodeName,
    nodeKind: row.nodeKind as AdministeredLink['nodeKind'],
    spaceName: row.spaceName,
    scope: row.scope as LinkScope,
    permission: row.permission as AdministeredLink['permission'],
    mayDownload: row.may_download === 1,
    hasPassword: row.password_hash !== null,
    expiresAt: endOf(row, policy),
    createdAt: row.created_at,
    createdBy: row.created_by,
    createdByName: row.createdByName,
    opened: row.opened,
    lastOpenedAt: row.last_opened_at,
  });

  return {
    'link.all': async ({ text, scope, limit }, { tenantId, policy }) => {
      const wanted = foldedName(text?.trim() ?? '');
      const isFound = (row: Row) => [row.nodeName, row.spaceName, row.createdByName].some((name) => foldedName(name).includes(wanted));
      const found = (await newest(tenantId, scope)).filter(isFound);
      return { links: found.slice(0, limit).map((row) => shown(row, policy)), total: found.length };
    },

    'link.end': async ({ linkIds }, { tenantId, member, address, session }) => {
      const by = { actorId: member.id, address, client: session.kind };
      const ended = await database.transaction().execute(async (transaction) => {
        let count = 0;
        for (const ids of listBatches(linkIds)) {
          const live = transaction.selectFrom('links').selectAll().where('tenant_id', '=', tenantId).where('ended_at', 'is', null);
          const links = await live.where('id', 'in', ids).execute();
          await ends.end(transaction, links, 'deleted', by);
          count += links.length;
        }
        return count;
      });
      if (ended === 0) throw new AppError('not_found', 'No such link any more');
      return { ended };
    },
  };
}
