import { AppError } from '#shared/base/errors.ts';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';
import { announceChange, readersOf } from './audience.ts';
import { changeSpace, type LinksOff, type SpaceChange } from './change-space.ts';
import { listSharedDrives, makeSharedDrive, oneSharedDrive, resolveMembers } from './shared-drives.ts';
import type { SpaceRow } from './nodes.ts';
import type { SpaceProperties } from './spaces.ts';

type SpaceOperation = Extract<keyof ServerContract, `space.${string}`>;
interface Options {
  readonly description?: string | undefined;
  readonly private?: boolean | undefined;
  readonly links?: boolean | undefined;
  readonly quotaBytes?: number | null | undefined;
  readonly userTypes?: readonly string[] | null | undefined;
}

/** Administrators make shared drives and say who may use them; what is in them is not theirs to see here. */
export function sharedDriveHandlers(
  services: Services,
  { audit, linksOff }: { readonly audit: AppendAudit; readonly linksOff: LinksOff },
): Pick<Handlers<ServerContract, RequestContext>, SpaceOperation> {
  const { database, bus, clock } = services;
  const by = (context: RequestContext) => ({ actorId: context.member.id, address: context.address, client: context.session.kind });
  const announce = (tenantId: string, audience: readonly string[] | null): void =>
    bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });

  /** Changes a drive that is there, notes it down, and tells whoever sees it before or after. */
  const change = async (
    context: RequestContext,
    spaceId: string,
    action: string,
    make: (transaction: Database, space: SpaceRow) => Promise<{ space: SpaceRow; details: Readonly<Record<string, unknown>> }>,
  ): Promise<{ space: AdministeredSpace }> => {
    const { tenantId } = context;
    const before = await readersOf(database, tenantId, spaceId);
    const { former, space } = await database.transaction().execute(async (transaction) => {
      const locked = await lockShared(transaction, tenantId, spaceId);
      const made = await make(transaction, locked);
      await audit(transaction, tenantId, { ...by(context), action, target: spaceId, result: 'success', details: made.details });
      return { former: locked, space: made.space };
    });
    const after = await readersOf(database, tenantId, spaceId);
    announce(tenantId, before === null || after === null ? null : [...new Set([...before, ...after])]);
    if (space.sequence > former.sequence) await announceChange(services, space);
    return { space: await oneSharedDrive(database, tenantId, spaceId) };
  };

  return {
    'space.list': async (_input, { tenantId }) => ({ spaces: await listSharedDrives(database, tenantId) }),

    'space.create': async ({ name, members, masters, ...options }, context) => {
      const { tenantId } = context;
      const id = await database.transaction().execute(async (transaction) => {
        const permissions = await resolveMembers(transaction, tenantId, members);
        await requireUserTypes(transaction, tenantId, options.userTypes);
        const drive = {
          name,
          permissions,
          masters: await resolveMasters(transaction, tenantId, masters ?? []),
          properties: propertiesOf(options),
          createdBy: context.member.id,
        };
        return makeSharedDrive(transaction, services, audit, tenantId, drive, by(context));
      });
      announce(tenantId, await readersOf(database, tenantId, id));
      return { space: await oneSharedDrive(database, tenantId, id) };
    },

    'space.update': async ({ spaceId, name, masters, ...options }, context) =>
      change(context, spaceId, 'space.update', async (transaction, space) => {
        await requireUserTypes(transaction, context.tenantId, options.userTypes);
        const inCharge = masters === undefined ? undefined : await resolveMasters(transaction, context.tenantId, masters);
        const wanted: SpaceChange = { name, properties: propertiesOf(options), masters: inCharge };
        if (options.links === false) await linksOff(transaction, context.tenantId, spaceId, by(context));
        const said = Object.entries({ name, masters: inCharge && [...inCharge], ...options }).filter(([, value]) => value !== undefined);
        return { space: await changeSpace(transaction, space, wanted), details: Object.fromEntries(said) };
      }),

    'space.setMembers': async ({ spaceId, members }, context) =>
      change(context, spaceId, 'space.set_members', async (transaction, space) => {
        const permissions = await resolveMembers(transaction, context.tenantId, members);
        const details = { members: Object.fromEntries(permissions) };
        return { space: await changeSpace(transaction, space, { members: permissions }), details };
      }),

    'space.delete': async ({ spaceId }, context) => {
      await change(context, spaceId, 'space.delete', async (transaction, space) => {
        if (space.deleted_at !== null) throw new AppError('conflict', 'The drive is deleted already');
        await mark(transaction, space, clock.now());
        return { space, details: { name: space.name } };
      });
      return {};
    },

    'space.restore': async ({ spaceId }, context) =>
      change(context, spaceId, 'space.restore', async (transaction, space) => {
        await mark(transaction, space, null);
        return { space, details: { name: space.name } };
      }),
  };
}

const propertiesOf = ({ description, private: isPrivate, links, quotaBytes, userTypes }: Options): SpaceProperties => ({
  ...(description === undefined ? {} : { description: description.toWellFormed().replaceAll('\u0000', '') }),
  ...(isPrivate === undefined ? {} : { private: Number(isPrivate) }),
  ...(links === undefined ? {} : { links: Number(links) }),
  ...(quotaBytes === undefined ? {} : { quota_bytes: quotaBytes }),
  ...(userTypes === undefined ? {} : { user_types: userTypes === null ? null : JSON.stringify(userTypes) }),
});

/** Throws `invalid` with `post_unknown` for what is no user type of the company: nobody could be of it. */
async function requireUserTypes(transaction: Database, tenantId: string, userTypes: readonly string[] | null | undefined): Promise<void> {
  if (userTypes == null || userTypes.length === 0) return;
  const query = transaction.selectFrom('posts').select('id').where('tenant_id', '=', tenantId).where('kind', '=', 'user_type');
  const known = new Set((await query.where('deleted_at', 'is', null).execute()).map(({ id }) => id));
  const unknown = userTypes.find((id) => !known.has(id));
  if (unknown === undefined) return;
  throw new AppError('invalid', 'No such user type', { details: { reason: 'post_unknown', subject: unknown } });
}

async function resolveMasters(transaction: Database, tenantId: string, masters: readonly string[]): Promise<Set<string>> {
  const given = masters.map((member) => ({ member, permission: 'edit' as const }));
  return new Set((await resolveMembers(transaction, tenantId, given)).keys());
}

/** Writing first: of two administrators at once the second replaces what the first said, as a whole. */
async function lockShared(transaction: Database, tenantId: string, spaceId: string): Promise<SpaceRow> {
  const space = await transaction
    .updateTable('spaces')
    .set((update) => ({ name: update.ref('name') }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .where('kind', '=', 'shared')
    .returningAll()
    .executeTakeFirst();
  if (space === undefined) throw new AppError('not_found', 'No such shared drive');
  return space;
}

const mark = (transaction: Database, { tenant_id: tenantId, id }: SpaceRow, deletedAt: number | null) =>
  transaction.updateTable('spaces').set({ deleted_at: deletedAt }).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
