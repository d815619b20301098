import type { Permission, Space } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';
import { spacePermissions } from '../content/access.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import { areMyDrivesOff } from '../content/my-drive.ts';
import { readersOf } from './audience.ts';
import type { SpaceRow } from './nodes.ts';

/** What a my drive is called where nobody named it. */
const myDriveName = 'マイドライブ';

export interface NewSpace {
  readonly kind: Space['kind'];
  readonly name: string;
  /** Whose it is, for a my drive. */
  readonly ownerId: string | null;
  /** Member id (or `*` for everybody) → what they may do. */
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly createdBy: string;
}

/** Makes a space with its root folder, and tells those who may see it. Returns its id, or null when the owner has a my drive already. */
export async function createSpace(services: Services, tenantId: string, space: NewSpace): Promise<string | null> {
  const { database, bus } = services;
  const made = await database.transaction().execute((transaction) => insertSpace(transaction, services, tenantId, space));
  if (made !== null) bus.publish({ tenantId, audience: await readersOf(database, tenantId, made), event: { type: 'spaces.changed' } });
  return made;
}

/** The same within a transaction of the caller's, who tells people after it. */
export async function insertSpace(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  tenantId: string,
  space: NewSpace,
): Promise<string | null> {
  const now = clock.now();
  const [id, rootId, epoch] = [uuidv7(now, random(10)), uuidv7(now, random(10)), uuidv7(now, random(10))];
  const created = await transaction
    .insertInto('spaces')
    .values({
      tenant_id: tenantId,
      id,
      kind: space.kind,
      name: space.name,
      owner_id: space.ownerId,
      root_id: rootId,
      epoch,
      sequence: 1,
      used_bytes: 0,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created === undefined) return null;
  await transaction
    .insertInto('nodes')
    .values({
      tenant_id: tenantId,
      id: rootId,
      space_id: id,
      parent_id: null,
      name: space.name,
      folded_name: foldedName(space.name),
      kind: 'folder',
      revision: 1,
      version: 0,
      content: null,
      updated_at: now,
      updated_by: space.createdBy,
      trashed_at: null,
      trashed_by: null,
      trash_root_id: null,
      sequence: 1,
      access_sequence: null,
    })
    .execute();
  await insertSpaceMembers(transaction, tenantId, id, space.permissions);
  return id;
}

/** Writes down who may do what in a space that names nobody yet. */
export async function insertSpaceMembers(
  transaction: Database,
  tenantId: string,
  spaceId: string,
  permissions: ReadonlyMap<string, Permission>,
): Promise<void> {
  const rows = [...permissions].map(([member_id, permission]) => ({ tenant_id: tenantId, space_id: spaceId, member_id, permission }));
  for (const some of rowBatches(rows)) await transaction.insertInto('space_members').values(some).execute();
}

/** Gives a member their my drive, if they have none yet and the rules let them have one (DRV-18). */
async function ensureMyDrive(services: Services, tenantId: string, memberId: string): Promise<void> {
  if (await areMyDrivesOff(services.database, tenantId)) return;
  const own = await services.database
    .selectFrom('spaces')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', memberId)
    .where('kind', '=', 'my')
    .executeTakeFirst();
  if (own !== undefined) return;
  const permissions = new Map<string, Permission>([[memberId, 'edit']]);
  await createSpace(services, tenantId, { kind: 'my', name: myDriveName, ownerId: memberId, permissions, createdBy: memberId });
}

/** The spaces that a member may see: their own first, then as they were made. */
export async function visibleSpaces(services: Services, tenantId: string, memberId: string): Promise<Space[]> {
  await ensureMyDrive(services, tenantId, memberId);
  const permissions = await spacePermissions(services.database, tenantId, memberId);
  const rows = await spaceRows(services.database, tenantId, [...permissions.keys()]);
  const order = ['my', 'shared', 'room'];
  const ordered = rows.toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.created_at - b.created_at || (a.id < b.id ? -1 : 1),
  );
  return ordered.map((row) => ({
    id: row.id,
    kind: row.kind as Space['kind'],
    name: row.name,
    rootId: row.root_id,
    permission: permissions.get(row.id)!,
    epoch: row.epoch,
    sequence: row.sequence,
    usedBytes: row.used_bytes,
    description: row.description,
    ownerId: row.owner_id,
    roomId: row.room_id,
    isMaster: row.owner_id === memberId,
    quotaBytes: row.quota_bytes,
    links: row.links === 1,
  }));
}

async function spaceRows(database: Database, tenantId: string, ids: readonly string[]): Promise<SpaceRow[]> {
  const rows: SpaceRow[] = [];
  for (const some of listBatches(ids)) {
    rows.push(...(await database.selectFrom('spaces').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', some).execute()));
  }
  return rows;
}
