import type { Permission } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { spaceAccess, spacesOf } from './space-access.ts';

export { everybody, type Reader, type SpaceAccess } from './space-access.ts';
export { nodeAccess, visibleNode, type NodeAccess } from './node-access.ts';

/** What a member may do in each space as a whole; spaces that are not named are not theirs to see. */
export async function spacePermissions(database: Database, tenantId: string, memberId: string): Promise<Map<string, Permission>> {
  const spaces = await spacesOf(database, { tenantId, memberId });
  return new Map([...spaces].map(([id, { permission }]) => [id, permission]));
}

/** What a member may do in one space as a whole. In a folder of it they may be able to do more or less: ask `nodeAccess`. */
export async function spacePermission(database: Database, tenantId: string, memberId: string, spaceId: string): Promise<Permission> {
  return (await spaceAccess(database, { tenantId, memberId }, [spaceId])).get(spaceId)?.permission ?? 'none';
}
