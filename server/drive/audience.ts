import type { Database, Services } from '../context.ts';
import { everybody } from '../content/access.ts';
import type { SpaceRow } from './nodes.ts';

/** The members who may see a space as a whole; null for every member of the tenant. */
export async function readersOf(database: Database, tenantId: string, spaceId: string): Promise<readonly string[] | null> {
  const space = await database
    .selectFrom('spaces')
    .select(['room_id', 'private', 'deleted_at', 'user_types'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirst();
  if (space === undefined || space.private === 1 || space.deleted_at !== null) return [];
  if (space.room_id !== null) return roomMembers(database, tenantId, space.room_id);
  const types = space.user_types === null ? null : (JSON.parse(space.user_types) as (string | null)[]);
  return ofTypes(database, tenantId, spaceId, await letIn(database, tenantId, spaceId), types);
}

/** TLK-62: who is in a room now. */
async function roomMembers(database: Database, tenantId: string, roomId: string): Promise<string[]> {
  const query = database.selectFrom('memberships').select('member_id').where('tenant_id', '=', tenantId).where('room_id', '=', roomId);
  return (await query.where('left_room', '=', 0).execute()).map((row) => row.member_id);
}

/** Of those who are let in, the ones of these user types, and the masters (DRV-02). */
async function ofTypes(
  database: Database,
  tenantId: string,
  spaceId: string,
  readers: readonly string[] | null,
  types: readonly (string | null)[] | null,
): Promise<readonly string[] | null> {
  if (types === null) return readers;
  const people = await database.selectFrom('members').select(['id', 'user_type_id']).where('tenant_id', '=', tenantId).execute();
  const fits = new Set(people.flatMap((row) => (types.includes(row.user_type_id) ? [row.id] : [])));
  const masters = await database
    .selectFrom('space_members')
    .select('member_id')
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .where('master', '=', 1)
    .execute();
  for (const { member_id: id } of masters) fits.add(id);
  return readers === null ? [...fits] : readers.filter((id) => fits.has(id));
}

async function letIn(database: Database, tenantId: string, spaceId: string): Promise<readonly string[] | null> {
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

/**
 * Tells everybody who may see the space that it has changed, also those who see only a folder of it that was shared with them. `crossed`:
 * somebody may see more or less than before, so they are to look at their spaces too.
 */
export async function announceChange({ database, bus }: Services, space: SpaceRow, { crossed = false } = {}): Promise<void> {
  const { tenant_id: tenantId, epoch, sequence } = space;
  const say = (audience: readonly string[] | null, spaceId: string): void =>
    bus.publish({ tenantId, audience, event: { type: 'drive.changed', spaceId, epoch, sequence } });
  say(await readersOf(database, tenantId, space.id), space.id);
  if (space.kind !== 'my' || space.folder_rules === 0) return;
  const grants = await grantsIn(database, tenantId, space);
  for (const [folderId, audience] of grants) {
    say(audience, folderId);
    if (crossed) bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });
  }
}

/** Folders of a my drive that were shared, each with whom: null for everybody. Of one within another only the outer one is a view. */
export async function grantsIn(
  database: Database,
  tenantId: string,
  { id, owner_id: ownerId }: Pick<SpaceRow, 'id' | 'owner_id'>,
): Promise<Map<string, string[] | null>> {
  const rows = await database
    .selectFrom('folder_members')
    .select(['folder_id', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', id)
    .where('permission', '!=', 'none')
    .execute();
  const grants = new Map<string, string[] | null>();
  for (const { folder_id: folderId, member_id: memberId } of rows) {
    const known = grants.get(folderId);
    if (memberId === everybody || known === null) grants.set(folderId, null);
    else if (memberId !== ownerId) grants.set(folderId, [...(known ?? []), memberId]);
  }
  return grants;
}
