import { AppError } from '#shared/base/errors.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { Permission } from '#shared/model/drive.ts';
import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';
import { everybody } from '../content/access.ts';
import { readersOf } from './audience.ts';
import { insertSpace, insertSpaceMembers } from './spaces.ts';

type GivenMembers = readonly { readonly member: string; readonly permission: Permission }[];

export interface NewSharedDrive {
  readonly name: string;
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly createdBy: string;
}

/** Makes a shared drive and notes it down. Throws `invalid` for a bad name and `conflict` for a name that another shared drive has. */
export async function makeSharedDrive(
  transaction: Database,
  services: Pick<Services, 'clock' | 'random'>,
  audit: AppendAudit,
  tenantId: string,
  { name, permissions, createdBy }: NewSharedDrive,
  by: Pick<AuditRecord, 'actorId' | 'address' | 'client'>,
): Promise<string> {
  const stored = normalName(name.trim());
  const problem = nameProblem(stored);
  if (problem !== null) throw new AppError('invalid', 'Not a name for a drive', { details: { reason: problem } });
  // Writing the tenant's row first makes two who create at once wait for each other, so the look at names is good.
  await transaction
    .updateTable('tenants')
    .set((update) => ({ talk_change: update.ref('talk_change') }))
    .where('id', '=', tenantId)
    .execute();
  const drives = await transaction
    .selectFrom('spaces')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'shared')
    .execute();
  if (drives.some((drive) => foldedName(drive.name) === foldedName(stored))) {
    throw new AppError('conflict', `There is a shared drive ${stored} already`, { details: { reason: 'name_taken', subject: stored } });
  }
  const space = { kind: 'shared', name: stored, ownerId: null, permissions, createdBy } as const;
  const id = await insertSpace(transaction, services, tenantId, space);
  if (id === null) throw new AppError('conflict', 'The drive is there already');
  const details = { name: stored, members: Object.fromEntries(permissions) };
  await audit(transaction, tenantId, { ...by, action: 'space.create', target: id, result: 'success', details });
  return id;
}

/** Administrators make shared drives and say who may use them; what is in them is not theirs to see here. */
export function sharedDriveHandlers(
  services: Services,
  { audit }: { readonly audit: AppendAudit },
): Pick<Handlers<ServerContract, RequestContext>, 'space.list' | 'space.create' | 'space.setMembers'> {
  const { database, bus } = services;
  const by = (context: RequestContext) => ({ actorId: context.member.id, address: context.address, client: context.session.kind });
  const announce = (tenantId: string, audience: readonly string[] | null): void =>
    bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });

  return {
    'space.list': async (_input, { tenantId }) => ({ spaces: await listSharedDrives(database, tenantId) }),

    'space.create': async ({ name, members }, context) => {
      const { tenantId } = context;
      const id = await database.transaction().execute(async (transaction) => {
        const permissions = await resolveMembers(transaction, tenantId, members);
        const drive = { name, permissions, createdBy: context.member.id };
        return makeSharedDrive(transaction, services, audit, tenantId, drive, by(context));
      });
      announce(tenantId, await readersOf(database, tenantId, id));
      return { space: await oneSharedDrive(database, tenantId, id) };
    },

    'space.setMembers': async ({ spaceId, members }, context) => {
      const { tenantId } = context;
      const before = await readersOf(database, tenantId, spaceId);
      await database.transaction().execute(async (transaction) => {
        // Writing first: of two administrators at once the second replaces what the first said, as a whole.
        const space = await transaction
          .updateTable('spaces')
          .set((update) => ({ name: update.ref('name') }))
          .where('tenant_id', '=', tenantId)
          .where('id', '=', spaceId)
          .where('kind', '=', 'shared')
          .returning('id')
          .executeTakeFirst();
        if (space === undefined) throw new AppError('not_found', 'No such shared drive');
        const permissions = await resolveMembers(transaction, tenantId, members);
        await transaction.deleteFrom('space_members').where('tenant_id', '=', tenantId).where('space_id', '=', spaceId).execute();
        await insertSpaceMembers(transaction, tenantId, spaceId, permissions);
        const details = { members: Object.fromEntries(permissions) };
        await audit(transaction, tenantId, {
          ...by(context),
          action: 'space.set_members',
          target: spaceId,
          result: 'success',
          details,
        });
      });
      const after = await readersOf(database, tenantId, spaceId);
      announce(tenantId, before === null || after === null ? null : [...new Set([...before, ...after])]);
      return { space: await oneSharedDrive(database, tenantId, spaceId) };
    },
  };
}

/** Ids for members as they were named (id or member id). Throws `invalid` for one who does not exist or stands there twice. */
async function resolveMembers(database: Database, tenantId: string, given: GivenMembers): Promise<Map<string, Permission>> {
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

async function listSharedDrives(database: Database, tenantId: string): Promise<AdministeredSpace[]> {
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
    members: (members.get(space.id) ?? []).map((row) => ({ member: row.member_id, permission: row.permission as Permission })),
    description: space.description,
    masters: (members.get(space.id) ?? []).flatMap((row) => (row.master === 1 ? [row.member_id] : [])),
    private: space.private === 1,
    links: space.links === 1,
    quotaBytes: space.quota_bytes,
    userTypes: space.user_types === null ? null : (JSON.parse(space.user_types) as string[]),
    deletedAt: space.deleted_at,
  }));
}

async function oneSharedDrive(database: Database, tenantId: string, spaceId: string): Promise<AdministeredSpace> {
  const found = (await listSharedDrives(database, tenantId)).find(({ id }) => id === spaceId);
  if (found === undefined) throw new AppError('not_found', 'No such shared drive');
  return found;
}
