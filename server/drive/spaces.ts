import type { Permission, SpaceKind } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import { areMyDrivesOff } from '../content/my-drive.ts';
import { readersOf } from './audience.ts';
import type { SpaceRow } from './nodes.ts';

/** What a my drive is called where nobody named it. */
const myDriveName = 'マイドライブ';

/** What a space is made with, beside its tree. */
export type SpaceProperties = Partial<Pick<SpaceRow, 'description' | 'links' | 'private' | 'quota_bytes' | 'user_types'>>;

export interface NewSpace {
  readonly kind: Exclude<SpaceKind, 'folder'>;
  readonly name: string;
  /** Whose it is, for a my drive. */
  readonly ownerId: string | null;
  /** For a room folder (TLK-62). */
  readonly roomId?: string;
  /** DRV-02: may edit, and say who else may. */
  readonly masters?: ReadonlySet<string>;
  /** DRV-02, DRV-05. */
  readonly properties?: SpaceProperties;
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
      room_id: space.roomId ?? null,
      ...space.properties,
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
  await insertSpaceMembers(transaction, tenantId, id, space.permissions, space.masters);
  return id;
}

/** Writes down who may do what in a space that names nobody yet. Masters may edit, whatever is said of them. */
export async function insertSpaceMembers(
  transaction: Database,
  tenantId: string,
  spaceId: string,
  permissions: ReadonlyMap<string, Permission>,
  masters: ReadonlySet<string> = new Set(),
): Promise<void> {
  const all = new Map<string, Permission>([...permissions, ...[...masters].map((id) => [id, 'edit'] as const)]);
  const rows = [...all].map(([member_id, permission]) => ({
    tenant_id: tenantId,
    space_id: spaceId,
    member_id,
    permission,
    master: Number(masters.has(member_id)),
  }));
  for (const some of rowBatches(rows)) await transaction.insertInto('space_members').values(some).execute();
}

/** Gives a member their my drive, if they have none yet and the rules let them have one (DRV-18). */
export async function ensureMyDrive(services: Services, tenantId: string, memberId: string): Promise<void> {
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
