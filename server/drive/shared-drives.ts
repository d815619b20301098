import { AppError } from '#shared/base/errors.ts';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import { mostMasters } from '#shared/contract/drive.ts';
import type { Permission } from '#shared/model/drive.ts';
import type { AppendAudit, AuditRecord, Database, Services } from '../context.ts';
import { everybody } from '../content/access.ts';
import { claimName } from './drive-names.ts';
import { insertSpace, type SpaceProperties } from './spaces.ts';

type GivenMembers = readonly { readonly member: string; readonly permission: Permission }[];

export interface NewSharedDrive {
  readonly name: string;
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly createdBy: string;
  readonly masters?: ReadonlySet<string>;
  readonly properties?: SpaceProperties;
}

/** Makes a shared drive and notes it down. Throws `invalid` for a bad name and for too many, `conflict` for a name that another one has. */
export async function makeSharedDrive(
  transaction: Database,
  services: Pick<Services, 'clock' | 'random'>,
  audit: AppendAudit,
  tenantId: string,
  { name, permissions, createdBy, masters = new Set(), properties = {} }: NewSharedDrive,
  by: Pick<AuditRecord, 'actorId' | 'address' | 'client'>,
): Promise<string> {
  const stored = await claimName(transaction, tenantId, name, null);
  if (masters.size > mostMasters || masters.has(everybody)) {
    throw new AppError('invalid', `A drive has at most ${mostMasters} masters`, { details: { reason: 'too_many', rule: 'DRV-03' } });
  }
  const space = { kind: 'shared', name: stored, ownerId: null, permissions, masters, properties, createdBy } as const;
  const id = await insertSpace(transaction, services, tenantId, space);
  if (id === null) throw new AppError('conflict', 'The drive is there already');
  const details = { name: stored, members: Object.fromEntries(permissions), ...(masters.size === 0 ? {} : { masters: [...masters] }) };
  await audit(transaction, tenantId, { ...by, action: 'space.create', target: id, result: 'success', details });
  return id;
}

/** Ids for members as they were named (id or member id). Throws `invalid` for one who does not exist or stands there twice. */
export async function resolveMembers(database: Database, tenantId: string, given: GivenMembers): Promise<Map<string, Permission>> {
  const rows = await database.selectFrom('members').select(['id', 'member_id']).where('tenant_id', '=', tenantId).execute();
  const ids = new Map([...rows.map((row) => [row.member_id, row.id] as const), ...rows.map((row) => [row.id, row.id] as const)]);
  const permissions = new Map<string, Permission>();
  for (const { member, permission } of given) {
    const id = member === everybody ? everybody : ids.get(member);
    if (id === undefined) {
      throw new AppError('invalid', `There is no member ${member}`, { details: { reason: 'member_unknown', subject: member } });
    }
    if (permissions.has(id)) {
      throw new AppError('invalid', `${member} stands there twice`, { details: { reason: 'member_twice', subject: member } });
    }
    permissions.set(id, permission);
  }
  return permissions;
}

/** Every shared drive, also private and deleted ones, as they were made. */
export async function listSharedDrives(database: Database, tenantId: string): Promise<AdministeredSpace[]> {
  const spaces = await database
    .selectFrom('spaces')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'shared')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const rows = await database
    .selectFrom('space_members')
    .select(['space_id', 'member_id', 'permission', 'master'])
    .where('tenant_id', '=', tenantId)
    .orderBy('member_id')
    .execute();
  const members = Map.groupBy(rows, (row) => row.space_id);
  return spaces.map((space) => ({
    id: space.id,
    name: space.name,
    usedBytes: space.used_bytes,
    createdAt: space.created_at,
    // Masters may edit anyway: they stand by themselves.
    members: (members.get(space.id) ?? []).flatMap((row) =>
      row.master === 1 ? [] : [{ member: row.member_id, permission: row.permission as Permission }],
    ),
    description: space.description,
    masters: (members.get(space.id) ?? []).flatMap((row) => (row.master === 1 ? [row.member_id] : [])),
    private: space.private === 1,
    links: space.links === 1,
    quotaBytes: space.quota_bytes,
    userTypes: space.user_types === null ? null : (JSON.parse(space.user_types) as string[]),
    deletedAt: space.deleted_at,
  }));
}

export async function oneSharedDrive(database: Database, tenantId: string, spaceId: string): Promise<AdministeredSpace> {
  const found = (await listSharedDrives(database, tenantId)).find(({ id }) => id === spaceId);
  if (found === undefined) throw new AppError('not_found', 'No such shared drive');
  return found;
}
