import { uuidv7 } from '#shared/base/uuid.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny } from '#shared/model/decision.ts';
import type { CustomRole } from '#shared/model/profile.ts';
import { GivenRight } from '#shared/model/rights.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { lockDirectory, refusal, tidy, type RunDirectoryAct } from './directory-acts.ts';

export type RoleHandlers = Pick<Handlers<ServerContract, RequestContext>, Extract<keyof ServerContract, `role.${string}`>>;

/** The company's own roles (ADM-10). They never hold the right to give roles (ADM-11). */
export async function listRoles(database: Database, tenantId: string): Promise<CustomRole[]> {
  const rows = await database.selectFrom('roles').selectAll().where('tenant_id', '=', tenantId).orderBy('name').execute();
  const counted = await database
    .selectFrom('members')
    .select(({ fn }) => ['role_id', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'deleted')
    .where('role_id', 'is not', null)
    .groupBy('role_id')
    .execute();
  const counts = new Map(counted.map((row) => [row.role_id!, Number(row.count)]));
  return rows.map(({ id, name, rights }) => ({
    id,
    name,
    rights: GivenRight.array().parse(JSON.parse(rights)),
    memberCount: counts.get(id) ?? 0,
  }));
}

async function oneRole(database: Database, tenantId: string, id: string): Promise<CustomRole> {
  const role = (await listRoles(database, tenantId)).find((candidate) => candidate.id === id);
  if (role === undefined) throw refusal('not_found', 'role_unknown', id);
  return role;
}

/** Only the supreme administrator shapes what others may: a sub-administrator looks (ADM-10, ADM-11). */
function requireSupreme({ member }: RequestContext): void {
  if (member.role !== 'supreme') throw denial(deny('role_missing', 'ADM-11'));
}

export function roleHandlers(
  services: Services,
  { runAct, announce }: { readonly runAct: RunDirectoryAct; readonly announce: (tenantId: string) => void },
): RoleHandlers {
  const { database, clock, random } = services;
  const inOrder = (rights: readonly GivenRight[]): GivenRight[] => GivenRight.options.filter((right) => rights.includes(right));
  const requireFree = async (transaction: Database, tenantId: string, name: string, self: string | null): Promise<void> => {
    const roles = await listRoles(transaction, tenantId);
    if (roles.some((role) => role.name === name && role.id !== self)) throw refusal('conflict', 'name_taken', name);
  };

  return {
    'role.list': async (_input, { tenantId }) => ({ roles: await listRoles(database, tenantId) }),

    'role.create': async ({ name: given, rights }, context) => {
      const { tenantId } = context;
      const name = tidy(given);
      const { value } = await runAct(context, {
        action: 'role.create',
        asked: name,
        run: async (transaction) => {
          requireSupreme(context);
          await lockDirectory(transaction, tenantId);
          await requireFree(transaction, tenantId, name, null);
          const now = clock.now();
          const id = uuidv7(now, random(10));
          const kept = inOrder(rights);
          await transaction
            .insertInto('roles')
            .values({ tenant_id: tenantId, id, name, rights: JSON.stringify(kept), created_at: now })
            .execute();
          return { value: await oneRole(transaction, tenantId, id), target: id, details: { name, rights: kept } };
        },
      });
      return { role: value };
    },

    'role.update': async ({ id, ...given }, context) => {
      const { tenantId } = context;
      const { value, changed } = await runAct(context, {
        action: 'role.update',
        asked: id,
        run: async (transaction) => {
          requireSupreme(context);
          await lockDirectory(transaction, tenantId);
          const before = await oneRole(transaction, tenantId, id);
          const name = given.name === undefined ? before.name : tidy(given.name);
          await requireFree(transaction, tenantId, name, id);
          const rights = given.rights === undefined ? before.rights : inOrder(given.rights);
          await transaction
            .updateTable('roles')
            .set({ name, rights: JSON.stringify(rights) })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .execute();
          const same = name === before.name && rights.join() === before.rights.join();
          const details = same ? null : { before: { name: before.name, rights: before.rights }, name, rights };
          return { value: await oneRole(transaction, tenantId, id), target: id, details };
        },
      });
      // Those who have it see another console from now on.
      if (changed) announce(tenantId);
      return { role: value };
    },

    'role.delete': async ({ id }, context) => {
      const { tenantId } = context;
      await runAct(context, {
        action: 'role.delete',
        asked: id,
        run: async (transaction) => {
          requireSupreme(context);
          await lockDirectory(transaction, tenantId);
          const { name, memberCount } = await oneRole(transaction, tenantId, id);
          if (memberCount > 0) throw refusal('conflict', 'role_used', name);
          // Only the deleted may still have it: should they come back, they come as members.
          await transaction
            .updateTable('members')
            .set({ role: 'member', role_id: null })
            .where('tenant_id', '=', tenantId)
            .where('role_id', '=', id)
            .execute();
          await transaction.deleteFrom('roles').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
          return { value: null, target: id, details: { name } };
        },
      });
      return {};
    },
  };
}
