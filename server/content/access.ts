import type { Permission } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';

/** Stands for every member of the tenant in `space_members`. */
export const everybody = '*';

/** What a member may do in each space; spaces that are not named are not theirs to see. Their own row beats everybody's. */
export async function spacePermissions(database: Database, tenantId: string, memberId: string): Promise<Map<string, Permission>> {
  const rows = await database
    .selectFrom('space_members')
    .select(['space_id', 'member_id', 'permission'])
    .where('tenant_id', '=', tenantId)
    .where('member_id', 'in', [memberId, everybody])
    .execute();
  const permissions = new Map<string, Permission>();
  for (const row of rows.toSorted((a, b) => Number(b.member_id === everybody) - Number(a.member_id === everybody))) {
    permissions.set(row.space_id, row.permission as Permission);
  }
  for (const [spaceId, permission] of permissions) if (permission === 'none') permissions.delete(spaceId);
  return permissions;
}

/** What a member may do in one space. */
export async function spacePermission(database: Database, tenantId: string, memberId: string, spaceId: string): Promise<Permission> {
  const rows = await database
    .selectFrom('space_members')
    .select(['member_id', 'permission'])
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .where('member_id', 'in', [memberId, everybody])
    .execute();
  const row = rows.find((candidate) => candidate.member_id === memberId) ?? rows[0];
  return (row?.permission ?? 'none') as Permission;
}
