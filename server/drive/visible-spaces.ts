import type { Space } from '#shared/model/drive.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database, Services } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { nodeAccess, type NodeAccess } from '../content/node-access.ts';
import { quotaOf } from '../content/quota.ts';
import { everybody, spacesOf, type Reader, type SpaceAccess } from '../content/space-access.ts';
import type { SpaceRow } from './nodes.ts';
import { ensureRoomFolders, roomNames } from './room-folders.ts';
import { ensureMyDrive } from './spaces.ts';
import type { View } from './view.ts';

const order: readonly string[] = ['my', 'shared', 'folder', 'room'];

/**
 * The spaces that a member may see (DRV-01): their own first, then shared drives, folders that others shared with them, and the folders of
 * their rooms; each kind as it was made. What should be there and is not yet is made now. Without the rules only limits of spaces' own are told.
 */
export async function visibleSpaces(services: Services, reader: Reader, policy: Pick<Policy, 'drive'> | null): Promise<Space[]> {
  const { database } = services;
  const { tenantId, memberId } = reader;
  await ensureMyDrive(services, tenantId, memberId);
  await ensureRoomFolders(services, reader);
  const access = await spacesOf(database, reader);
  const rows = await spaceRows(database, tenantId, [...access.keys()]);
  const rooms = await roomNames(database, tenantId, rows);
  const whole = rows.map((row) => ({
    made: row.created_at,
    space: spaceOf(row, access.get(row.id)!, policy, rooms.get(row.room_id ?? '')),
  }));
  const shared = await sharedFolders(database, reader);
  const kind = ({ space }: { space: Space }): number => order.indexOf(space.kind);
  return [...whole, ...shared]
    .toSorted((a, b) => kind(a) - kind(b) || a.made - b.made || (a.space.id < b.space.id ? -1 : 1))
    .map(({ space }) => space);
}

/** One space as its reader knows it. */
export async function visibleSpace(database: Database, view: View, policy: Pick<Policy, 'drive'> | null): Promise<Space> {
  if (view.id !== view.space.id) {
    const { name } = await database
      .selectFrom('nodes')
      .select('name')
      .where('tenant_id', '=', view.space.tenant_id)
      .where('id', '=', view.id)
      .executeTakeFirstOrThrow();
    return folderSpace(view.space, { id: view.id, name, permission: view.permission });
  }
  const rooms = await roomNames(database, view.space.tenant_id, [view.space]);
  return spaceOf(view.space, view.access, policy, rooms.get(view.space.room_id ?? ''));
}

function spaceOf(row: SpaceRow, access: SpaceAccess, policy: Pick<Policy, 'drive'> | null, roomName: string | undefined): Space {
  return {
    id: row.id,
    kind: access.kind,
    name: roomName ?? row.name,
    rootId: row.root_id,
    permission: access.permission,
    epoch: row.epoch,
    sequence: row.sequence,
    usedBytes: row.used_bytes,
    description: row.description,
    ownerId: row.owner_id,
    roomId: row.room_id,
    isMaster: access.master,
    quotaBytes: policy === null ? row.quota_bytes : quotaOf(row, policy),
    links: row.links === 1,
  };
}

/** A folder of somebody else's my drive: how full that drive is, is its owner's business. */
const folderSpace = (
  row: SpaceRow,
  folder: { readonly id: string; readonly name: string; readonly permission: 'edit' | 'read' },
): Space => ({
  id: folder.id,
  kind: 'folder',
  name: folder.name,
  rootId: folder.id,
  permission: folder.permission,
  epoch: row.epoch,
  sequence: row.sequence,
  usedBytes: null,
  description: '',
  ownerId: row.owner_id,
  roomId: null,
  isMaster: false,
  quotaBytes: null,
  links: row.links === 1,
});

/** The topmost folders of others' my drives that a member was let into. */
async function sharedFolders(database: Database, reader: Reader): Promise<{ made: number; space: Space }[]> {
  const { tenantId, memberId } = reader;
  const granted = await database
    .selectFrom('folder_members')
    .innerJoin('spaces', (join) =>
      join.onRef('spaces.tenant_id', '=', 'folder_members.tenant_id').onRef('spaces.id', '=', 'folder_members.space_id'),
    )
    .innerJoin('nodes', (join) =>
      join.onRef('nodes.tenant_id', '=', 'folder_members.tenant_id').onRef('nodes.id', '=', 'folder_members.folder_id'),
    )
    .select(['nodes.id', 'nodes.name', 'nodes.space_id'])
    .distinct()
    .where('folder_members.tenant_id', '=', tenantId)
    .where('folder_members.member_id', 'in', [memberId, everybody])
    .where('folder_members.permission', '!=', 'none')
    .where('spaces.kind', '=', 'my')
    .where('spaces.owner_id', '!=', memberId)
    .where('nodes.trashed_at', 'is', null)
    .execute();
  if (granted.length === 0) return [];
  const access = await nodeAccess(
    database,
    reader,
    granted.map(({ id }) => id),
  );
  const isView = (found: NodeAccess | undefined, id: string): found is NodeAccess => found?.viewId === id;
  const rows = await spaceRows(database, tenantId, [...new Set(granted.map((row) => row.space_id))]);
  const spaces = new Map(rows.map((row) => [row.id, row]));
  return granted.flatMap(({ id, name, space_id: spaceId }) => {
    const found = access.get(id);
    const row = spaces.get(spaceId);
    if (row === undefined || !isView(found, id)) return [];
    return [{ made: row.created_at, space: folderSpace(row, { id, name, permission: found.viewPermission }) }];
  });
}

async function spaceRows(database: Database, tenantId: string, ids: readonly string[]): Promise<SpaceRow[]> {
  const rows: SpaceRow[] = [];
  for (const some of listBatches(ids)) {
    rows.push(...(await database.selectFrom('spaces').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', some).execute()));
  }
  return rows;
}
