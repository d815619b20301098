import type { Selectable } from 'kysely';
import { nodeAccess } from '../content/access.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { spaceAccess } from '../content/space-access.ts';
import type { Database } from '../context.ts';
import type { Schema } from '../store/schema.ts';

export type NodeRow = Selectable<Schema['nodes']>;
export type SpaceRow = Selectable<Schema['spaces']>;

/** A live file or folder as one member stands to it. */
export interface LinkedNode {
  readonly node: NodeRow;
  readonly space: SpaceRow;
  readonly permission: 'edit' | 'read';
  /** They say who may do what in the drive, and see all links there. */
  readonly isMaster: boolean;
  /** As which space the member sees it; what changes go to. */
  readonly viewId: string;
}

/** A live node that a member may see, with its space; null for every other. */
export async function linkedNode(database: Database, tenantId: string, memberId: string, nodeId: string): Promise<LinkedNode | null> {
  const reader = { tenantId, memberId };
  const access = (await nodeAccess(database, reader, [nodeId])).get(nodeId);
  if (access === undefined) return null;
  const { permission, spaceId, viewId } = access;
  const node = await database
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', nodeId)
    .where('trashed_at', 'is', null)
    .executeTakeFirst();
  const space = await database
    .selectFrom('spaces')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirst();
  if (node === undefined || space === undefined) return null;
  const isMaster = (await spaceAccess(database, reader, [spaceId])).get(spaceId)?.master === true;
  return { node, space, permission, isMaster, viewId };
}

/** Whether `nodeId` is `ancestorId` or lies below it. */
export async function liesWithin(database: Database, tenantId: string, nodeId: string, ancestorId: string): Promise<boolean> {
  return wayUp(nodeId, await ancestry(database, tenantId, [nodeId])).some(({ id }) => id === ancestorId);
}
