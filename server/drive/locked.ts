import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Services } from '../context.ts';
import type { Reader } from '../content/access.ts';
import { placedNodes } from './placed.ts';

/** DRV-15: what somebody holds now, by hand or by a program, with where it lies; the oldest first. */
export async function lockedBy({ database, clock }: Pick<Services, 'database' | 'clock'>, reader: Reader): Promise<PlacedNode[]> {
  const held = await database
    .selectFrom('locks')
    .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'locks.tenant_id').onRef('nodes.id', '=', 'locks.node_id'))
    .selectAll('nodes')
    .where('locks.tenant_id', '=', reader.tenantId)
    .where('locks.member_id', '=', reader.memberId)
    .where('locks.expires_at', '>', clock.now())
    .orderBy('locks.created_at')
    .execute();
  return placedNodes(database, reader, [...new Map(held.map((row) => [row.id, row])).values()]);
}
