import type { Database, Services } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import type { Reader } from '../content/space-access.ts';
import type { SpaceRow } from './nodes.ts';
import { createSpace } from './spaces.ts';

/** Rooms of several people have a folder (TLK-62); those between two, to oneself and of notices have none. */
const withFolders = ['group', 'organisation'] as const;

/**
 * Gives the rooms that a member is in their folders, where they have none yet. Who may use one is never written down: it is whoever is in
 * the room at that moment (`content/space-access.ts`).
 */
export async function ensureRoomFolders(services: Services, { tenantId, memberId }: Reader): Promise<void> {
  const bare = await services.database
    .selectFrom('memberships')
    .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'memberships.tenant_id').onRef('rooms.id', '=', 'memberships.room_id'))
    .leftJoin('spaces', (join) => join.onRef('spaces.tenant_id', '=', 'rooms.tenant_id').onRef('spaces.room_id', '=', 'rooms.id'))
    .select(['rooms.id', 'rooms.name'])
    .where('memberships.tenant_id', '=', tenantId)
    .where('memberships.member_id', '=', memberId)
    .where('memberships.left_room', '=', 0)
    .where('rooms.kind', 'in', withFolders)
    .where('spaces.id', 'is', null)
    .execute();
  for (const { id, name } of bare) {
    const permissions = new Map<string, never>();
    await createSpace(services, tenantId, { kind: 'room', name: name ?? '', ownerId: null, roomId: id, permissions, createdBy: memberId });
  }
}

/** What the rooms of some room folders are called now, by the room. */
export async function roomNames(
  database: Database,
  tenantId: string,
  spaces: readonly Pick<SpaceRow, 'room_id'>[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const roomIds = spaces.flatMap(({ room_id: id }) => (id === null ? [] : [id]));
  for (const ids of listBatches(roomIds)) {
    const query = database.selectFrom('rooms').select(['id', 'name']).where('tenant_id', '=', tenantId).where('id', 'in', ids);
    for (const row of await query.execute()) if (row.name !== null) names.set(row.id, row.name);
  }
  return names;
}
