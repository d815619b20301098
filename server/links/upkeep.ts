import { destroyedMarks } from '../content/destroyed.ts';
import type { Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { LinkEnds } from './end-links.ts';

/** How long the page of a link that is over still says why, and how long histories are kept, in milliseconds. */
const keptMs = 180 * 86_400_000;
const nobody = { actorId: null, address: null, client: null } as const;

/**
 * What time and rules do to links: those that the rules have not allowed for a while end for good, whichever way the rules came to be; browsers
 * and codes run out; histories and ended links are forgotten.
 */
export function linkUpkeep(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { policies, ends }: { readonly policies: Pick<PolicyReader, 'current'>; readonly ends: LinkEnds },
): () => Promise<void> {
  /** Links to what was destroyed, and of members who were erased, come back for nobody. */
  const endLost = async (): Promise<void> => {
    const lost = await database
      .selectFrom('links')
      .leftJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'links.tenant_id').onRef('nodes.id', '=', 'links.node_id'))
      .leftJoin('members', (join) => join.onRef('members.tenant_id', '=', 'links.tenant_id').onRef('members.id', '=', 'links.created_by'))
      .selectAll('links')
      .where('links.ended_at', 'is', null)
      .where((where) =>
        where.or([
          where('nodes.id', 'is', null),
          where('nodes.trash_root_id', 'in', destroyedMarks),
          where('members.erased_at', 'is not', null),
        ]),
      )
      .execute();
    for (const [, links] of Map.groupBy(lost, (link) => link.tenant_id)) {
      await database.transaction().execute((transaction) => ends.end(transaction, links, 'lost', nobody));
    }
  };

  return async () => {
    const now = clock.now();
    const tenants = await database
      .selectFrom('links')
      .leftJoin('pending_rules', 'pending_rules.tenant_id', 'links.tenant_id')
      .select('links.tenant_id')
      .distinct()
      .where('links.ended_at', 'is', null)
      // A change of rules that takes itself back unless it is confirmed stops links, and ends none.
      .where('pending_rules.tenant_id', 'is', null)
      .execute();
    for (const { tenant_id: tenantId } of tenants) {
      const { policy } = await policies.current(tenantId);
      await database.transaction().execute((transaction) => ends.endForbidden(transaction, tenantId, policy, nobody));
    }
    await endLost();
    await database.deleteFrom('link_sessions').where('expires_at', '<=', now).execute();
    await database.deleteFrom('link_codes').where('expires_at', '<=', now).execute();
    await database
      .deleteFrom('link_accesses')
      .where('at', '<', now - keptMs)
      .execute();
    await database
      .deleteFrom('links')
      .where((where) => where.or([where('ended_at', '<', now - keptMs), where('expires_at', '<', now - keptMs)]))
      .execute();
  };
}
