import type { Database, Services } from '../context.ts';
import { everybody } from '../content/access.ts';
import type { SpaceRow } from './nodes.ts';

/** The members who may see a space; null for every member of the tenant. */
export async function readersOf(database: Database, tenantId: string, spaceId: string): Promise<readonly string[] | null> {
  const rows = await database
    .selectFrom('space_members')
    .select(['member_id', 'permission'])
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .execute();
  const named = new Map(rows.map((row) => [row.member_id, row.permission]));
  const open = (named.get(everybody) ?? 'none') !== 'none';
  const shutOut = rows.filter((row) => row.permission === 'none').map((row) => row.member_id);
  if (!open) return rows.filter((row) => row.member_id !== everybody && row.permission !== 'none').map((row) => row.member_id);
  if (shutOut.length === 0) return null;
  const members = await database
    .selectFrom('members')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', 'not in', shutOut)
    .execute();
  return members.map(({ id }) => id);
}

/** Tells everybody who may see the space that it has changed. */
export async function announceChange({ database, bus }: Services, space: SpaceRow): Promise<void> {
  const audience = await readersOf(database, space.tenant_id, space.id);
  const event = { type: 'drive.changed', spaceId: space.id, epoch: space.epoch, sequence: space.sequence } as const;
  bus.publish({ tenantId: space.tenant_id, audience, event });
}
