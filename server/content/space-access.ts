import type { Permission, Space } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { listBatches } from './batches.ts';
import { areMyDrivesOff } from './my-drive.ts';
import { prepared } from '../store/prepared.ts';

/** Stands for every member of the tenant in `space_members`, and for everybody who may see the space in `folder_members`. */
export const everybody = '*';

/** Who asks. */
export interface Reader {
  readonly tenantId: string;
  readonly memberId: string;
}

/** What a member may do in a space as a whole. */
export interface SpaceAccess {
  readonly spaceId: string;
  readonly kind: Space['kind'];
  readonly rootId: string;
  readonly permission: Permission;
  /** May edit everywhere, and says who may do what (DRV-02): masters, the owner of a my drive, whoever made the room. */
  readonly master: boolean;
  /** Whether any folder says by itself who may do what. */
  readonly hasRules: boolean;
}

const rolesAbove: ReadonlySet<string> = new Set(['supreme', 'administrator']);

/** What a member may do in these spaces, `none` included. Deleted ones (DRV-02), my drives while there are none (DRV-18) and unknown ones are absent. */
export async function spaceAccess(
  database: Database,
  { tenantId, memberId }: Reader,
  spaceIds: Iterable<string>,
): Promise<Map<string, SpaceAccess>> {
  const access = new Map<string, SpaceAccess>();
  for (const ids of listBatches([...new Set(spaceIds)])) {
    const found = await prepared(
      database,
      `spaces ${ids.length}`,
      (queries) =>
        queries
          .selectFrom('spaces')
          .select(['id', 'kind', 'root_id', 'owner_id', 'private', 'user_types', 'folder_rules', 'room_id'])
          .where('tenant_id', '=', tenantId)
          .where('id', 'in', ids)
          .where('deleted_at', 'is', null),
      [tenantId, ...ids],
    );
    const off = found.some(({ kind }) => kind === 'my') && (await areMyDrivesOff(database, tenantId));
    const spaces = off ? found.filter(({ kind }) => kind !== 'my') : found;
    const rows = await prepared(
      database,
      `space members ${ids.length}`,
      (queries) =>
        queries
          .selectFrom('space_members')
          .select(['space_id', 'member_id', 'permission', 'master'])
          .where('tenant_id', '=', tenantId)
          .where('space_id', 'in', ids)
          .where('member_id', 'in', [memberId, everybody]),
      [tenantId, ...ids, memberId, everybody],
    );
    const own = new Map(rows.flatMap((row) => (row.member_id === memberId ? [[row.space_id, row]] : [])));
    const open = new Map(rows.flatMap((row) => (row.member_id === everybody ? [[row.space_id, row.permission]] : [])));
    const rooms = spaces.some(({ kind }) => kind === 'room') ? await roomsOf(database, { tenantId, memberId }) : null;
    const userType = spaces.some(({ user_types: types }) => types !== null) ? await userTypeOf(database, { tenantId, memberId }) : null;
    const permissionOf = (space: (typeof spaces)[number]): Permission => {
      if (space.private === 1) return 'none';
      if (space.kind === 'room') return rooms!.has(space.room_id!) ? 'edit' : 'none';
      const row = own.get(space.id);
      if (row?.master === 1) return 'edit';
      // DRV-02: of those who are let in, only some user types.
      if (space.user_types !== null && !(JSON.parse(space.user_types) as (string | null)[]).includes(userType)) return 'none';
      return (row?.permission ?? open.get(space.id) ?? 'none') as Permission;
    };
    for (const space of spaces) {
      const permission = permissionOf(space);
      const isMaster = space.kind === 'room' ? rooms!.get(space.room_id!) : space.owner_id === memberId || own.get(space.id)?.master === 1;
      access.set(space.id, {
        spaceId: space.id,
        kind: space.kind as Space['kind'],
        rootId: space.root_id,
        permission,
        master: permission !== 'none' && isMaster === true,
        hasRules: space.folder_rules > 0,
      });
    }
  }
  return access;
}

/**
 * The rooms of several people that a member is in now, whose folders they may use (TLK-62), and whether they say who sees what there (TLK-63):
 * whoever made the room; where that is not known, administrators.
 */
async function roomsOf(database: Database, { tenantId, memberId }: Reader): Promise<Map<string, boolean>> {
  const rows = await database
    .selectFrom('memberships')
    .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'memberships.tenant_id').onRef('rooms.id', '=', 'memberships.room_id'))
    .innerJoin('members', (join) =>
      join.onRef('members.tenant_id', '=', 'memberships.tenant_id').onRef('members.id', '=', 'memberships.member_id'),
    )
    .select(['rooms.id', 'rooms.created_by', 'members.role'])
    .where('memberships.tenant_id', '=', tenantId)
    .where('memberships.member_id', '=', memberId)
    .where('memberships.left_room', '=', 0)
    .where('rooms.kind', 'in', ['group', 'organisation'])
    .execute();
  return new Map(rows.map((row) => [row.id, row.created_by === null ? rolesAbove.has(row.role) : row.created_by === memberId]));
}

async function userTypeOf(database: Database, { tenantId, memberId }: Reader): Promise<string | null> {
  const query = database.selectFrom('members').select('user_type_id').where('tenant_id', '=', tenantId).where('id', '=', memberId);
  return (await query.executeTakeFirst())?.user_type_id ?? null;
}

/** All spaces that a member may see as a whole; not the folders that others shared with them. */
export async function spacesOf(database: Database, reader: Reader): Promise<Map<string, SpaceAccess>> {
  const named = await database
    .selectFrom('space_members')
    .select('space_id as id')
    .where('tenant_id', '=', reader.tenantId)
    .where('member_id', 'in', [reader.memberId, everybody])
    .execute();
  const inRooms = await database
    .selectFrom('memberships')
    .innerJoin('spaces', (join) =>
      join.onRef('spaces.tenant_id', '=', 'memberships.tenant_id').onRef('spaces.room_id', '=', 'memberships.room_id'),
    )
    .select('spaces.id')
    .where('memberships.tenant_id', '=', reader.tenantId)
    .where('memberships.member_id', '=', reader.memberId)
    .where('memberships.left_room', '=', 0)
    .execute();
  const access = await spaceAccess(
    database,
    reader,
    [...named, ...inRooms].map(({ id }) => id),
  );
  return new Map([...access].filter(([, { permission }]) => permission !== 'none'));
}
