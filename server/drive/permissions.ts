import type { FolderMember } from '#shared/contract/drive.ts';
import type { Permission } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { listBatches } from '../content/batches.ts';
import { judgeWay } from '../content/node-access.ts';
import { everybody, spaceAccess, type Reader, type SpaceAccess } from '../content/space-access.ts';
import { readableNode } from './browse.ts';
import type { SpaceRow } from './nodes.ts';

export interface FolderPermissions {
  readonly members: FolderMember[];
  readonly restricted: boolean;
  readonly mayChange: boolean;
}

/** DRV-07: who may do what in a folder, its own list first, then what it has from above. Throws `not_found` for what the reader may not see. */
export async function permissionsOf(database: Database, reader: Reader, folderId: string): Promise<FolderPermissions> {
  const { tenantId } = reader;
  const { row, access } = await readableNode(database, reader, folderId);
  const own = (await spaceAccess(database, reader, [access.spaceId])).get(access.spaceId)!;
  const mayChange = own.master && row.kind === 'folder' && row.parent_id !== null;
  const way = wayUp(row.id, await ancestry(database, tenantId, [row.id]));
  const given: { folder_id: string; member_id: string; permission: string }[] = [];
  for (const ids of listBatches(way.map(({ id }) => id))) {
    const query = database.selectFrom('folder_members').select(['folder_id', 'member_id', 'permission']);
    given.push(...(await query.where('tenant_id', '=', tenantId).where('folder_id', 'in', ids).execute()));
  }
  const base = await spaceMembers(database, tenantId, access.spaceId);
  const named = new Set([...given.map((rule) => rule.member_id), ...base.keys()]);
  const members = [...named].flatMap((member): FolderMember[] => {
    const inherited = !given.some((rule) => rule.folder_id === row.id && rule.member_id === member);
    const rules = new Map<string, Permission>();
    for (const id of [everybody, member]) {
      for (const rule of given) if (rule.member_id === id) rules.set(rule.folder_id, rule.permission as Permission);
    }
    const place: SpaceAccess = { ...own, permission: base.get(member)?.permission ?? base.get(everybody)?.permission ?? 'none' };
    const permission = base.get(member)?.master === true ? 'edit' : (judgeWay(place, rules, way)?.permission ?? 'none');
    return inherited && permission === 'none' ? [] : [{ member, permission, inherited }];
  });
  return {
    members: members.toSorted((a, b) => Number(a.inherited) - Number(b.inherited) || (a.member < b.member ? -1 : 1)),
    restricted: given.some((rule) => rule.folder_id === row.id),
    mayChange,
  };
}

interface SpaceMember {
  readonly permission: Permission;
  readonly master: boolean;
}

/** Who may do what in a space as a whole: as it is written down, or whoever is in the room. */
export async function spaceMembers(database: Database, tenantId: string, spaceId: string): Promise<Map<string, SpaceMember>> {
  const space = await database
    .selectFrom('spaces')
    .select(['owner_id', 'room_id'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirstOrThrow();
  if (space.room_id !== null) return roomMembers(database, tenantId, space.room_id);
  const rows = await database
    .selectFrom('space_members')
    .select(['member_id', 'permission', 'master'])
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .orderBy('member_id')
    .execute();
  return new Map(
    rows.map((row) => [
      row.member_id,
      { permission: row.permission as Permission, master: row.master === 1 || row.member_id === space.owner_id },
    ]),
  );
}

async function roomMembers(
  database: Database,
  tenantId: string,
  roomId: NonNullable<SpaceRow['room_id']>,
): Promise<Map<string, SpaceMember>> {
  const rows = await database
    .selectFrom('memberships')
    .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'memberships.tenant_id').onRef('rooms.id', '=', 'memberships.room_id'))
    .select(['memberships.member_id', 'rooms.created_by'])
    .where('memberships.tenant_id', '=', tenantId)
    .where('memberships.room_id', '=', roomId)
    .where('memberships.left_room', '=', 0)
    .orderBy('memberships.member_id')
    .execute();
  return new Map(rows.map((row) => [row.member_id, { permission: 'edit', master: row.created_by === row.member_id }]));
}
