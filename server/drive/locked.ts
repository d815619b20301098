import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Services } from '../context.ts';
import { spacePermissions } from '../content/access.ts';
import { ancestorsOf, wayTo, type Reader } from './browse.ts';
import { toNode } from './nodes.ts';

/** DRV-15: what somebody holds now, by hand or by a program, with where it lies; the oldest first. */
export async function lockedBy({ database, clock }: Pick<Services, 'database' | 'clock'>, reader: Reader): Promise<PlacedNode[]> {
  const { tenantId, memberId } = reader;
  const permissions = await spacePermissions(database, tenantId, memberId);
  const held = await database
    .selectFrom('locks')
    .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'locks.tenant_id').onRef('nodes.id', '=', 'locks.node_id'))
    .innerJoin('spaces', (join) => join.onRef('spaces.tenant_id', '=', 'nodes.tenant_id').onRef('spaces.id', '=', 'nodes.space_id'))
    .selectAll('nodes')
    .select('spaces.name as space_name')
    .where('locks.tenant_id', '=', tenantId)
    .where('locks.member_id', '=', memberId)
    .where('locks.expires_at', '>', clock.now())
    .orderBy('locks.created_at')
    .execute();
  const rows = [...new Map(held.map((row) => [row.id, row])).values()].filter((row) => permissions.has(row.space_id));
  const ancestors = await ancestorsOf(database, tenantId, rows);
  return rows.map((row) => {
    const names = wayTo(row, ancestors).slice(1, -1);
    return { node: toNode(row), place: { spaceId: row.space_id, spaceName: row.space_name, names: names.map(({ name }) => name) } };
  });
}
