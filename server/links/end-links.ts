import { uuidv7 } from '#shared/base/uuid.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { AppendAudit, AuditRecord, Database, Services } from '../context.ts';
import { insertActivities } from '../content/activities.ts';
import { listBatches } from '../content/batches.ts';
import { allowedScopes, type LinkRow } from './standing.ts';

/** Why links end: somebody deleted one, the rules or the drive's switch, or what it led to was destroyed. */
export type EndReason = 'deleted' | 'links_off' | 'scope_off' | 'drive_off' | 'lost';

/** How many of many links the audit log names. */
const mostNamed = 100;

/** Who ends them, for the audit log. */
export type EndedBy = Pick<AuditRecord, 'actorId' | 'address' | 'client'>;

/** Ends links of a tenant when what allowed them is gone. Each within the transaction of the act that does so. */
export interface LinkEnds {
  /** These links of one tenant, whatever the rules say. */
  end(transaction: Database, links: readonly LinkRow[], reason: EndReason, by: EndedBy): Promise<void>;
  /** All links that the rules do not allow (DRV-11, DRV-13). Returns how many. */
  endForbidden(transaction: Database, tenantId: string, policy: Pick<Policy, 'links'>, by: EndedBy): Promise<number>;
  /** All links to what lies in a space (DRV-02: its switch went off). */
  endInSpace(transaction: Database, tenantId: string, spaceId: string, by: EndedBy): Promise<number>;
}

export function linkEnds({ clock, random }: Pick<Services, 'clock' | 'random'>, { audit }: { readonly audit: AppendAudit }): LinkEnds {
  const end: LinkEnds['end'] = async (transaction, links, reason, by) => {
    if (links.length === 0) return;
    const now = clock.now();
    const [{ tenant_id: tenantId } = { tenant_id: '' }] = links;
    const gone = new Set<string>();
    for (const ids of listBatches(links.map(({ id }) => id))) {
      // What could open them goes with them; the rows say for a while what became of them.
      const ended = await transaction
        .updateTable('links')
        .set({ ended_at: now, ended_reason: reason, sealed_token: null, password_hash: null, addresses: '[]' })
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', ids)
        .where('ended_at', 'is', null)
        .returning('id')
        .execute();
      for (const { id } of ended) gone.add(id);
      for (const table of ['link_sessions', 'link_codes'] as const) {
        await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('link_id', 'in', ids).execute();
      }
    }
    const ended = links.filter(({ id }) => gone.has(id));
    if (ended.length === 0) return;
    const names = new Map<string, string>();
    for (const ids of listBatches(ended.map(({ node_id: id }) => id))) {
      const query = transaction.selectFrom('nodes').select(['id', 'name']).where('tenant_id', '=', tenantId);
      for (const row of await query.where('id', 'in', ids).execute()) names.set(row.id, row.name);
    }
    await insertActivities(
      transaction,
      tenantId,
      ended.flatMap((link) => {
        const name = names.get(link.node_id);
        return name === undefined
          ? []
          : [
              {
                id: uuidv7(now, random(10)),
                at: now,
                memberId: by.actorId ?? link.created_by,
                what: 'unlink',
                spaceId: link.space_id,
                nodeId: link.node_id,
                name,
                details: { scope: link.scope, ...(reason === 'deleted' ? {} : { reason }) },
              },
            ];
      }),
    );
    const [only] = ended;
    await audit(transaction, tenantId, {
      ...by,
      action: 'link.delete',
      target: ended.length === 1 ? only!.id : null,
      result: 'success',
      details:
        ended.length === 1
          ? { reason, nodeId: only!.node_id, scope: only!.scope, createdBy: only!.created_by }
          : { reason, links: ended.length, ids: ended.slice(0, mostNamed).map(({ id }) => id) },
    });
  };

  const live = (transaction: Database, tenantId: string) =>
    transaction.selectFrom('links').selectAll().where('tenant_id', '=', tenantId).where('ended_at', 'is', null);

  return {
    end,
    endForbidden: async (transaction, tenantId, policy, by) => {
      const spaces = await transaction.selectFrom('spaces').select(['id', 'kind', 'links']).where('tenant_id', '=', tenantId).execute();
      const scopes = new Map(spaces.map((space) => [space.id, new Set<string>(allowedScopes(policy, space))]));
      const off = new Set(spaces.filter((space) => space.links === 0).map(({ id }) => id));
      const forbidden = (await live(transaction, tenantId).execute()).filter((link) => scopes.get(link.space_id)?.has(link.scope) !== true);
      const why = (link: LinkRow): EndReason =>
        !policy.links.enabled ? 'links_off' : off.has(link.space_id) || !scopes.has(link.space_id) ? 'drive_off' : 'scope_off';
      for (const [reason, links] of Map.groupBy(forbidden, why)) await end(transaction, links, reason, by);
      return forbidden.length;
    },
    endInSpace: async (transaction, tenantId, spaceId, by) => {
      const links = await live(transaction, tenantId).where('space_id', '=', spaceId).execute();
      await end(transaction, links, 'drive_off', by);
      return links.length;
    },
  };
}
