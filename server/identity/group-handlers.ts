import { uuidv7 } from '#shared/base/uuid.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Group } from '#shared/model/profile.ts';
import type { RequestContext, Services } from '../context.ts';
import { refusal, tidy, tidyText, type RunDirectoryAct } from './directory-acts.ts';
import { listGroups, oneGroup, peopleNamed, setGroupPeople } from './groups.ts';
import { directoryBinMs } from './organisations.ts';

export type GroupHandlers = Pick<Handlers<ServerContract, RequestContext>, Extract<keyof ServerContract, `group.${string}`>>;

interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly visible: boolean;
  readonly masters: readonly string[];
  readonly members: readonly string[];
}

/** Groups of people of this company (ADM-06): made by administrators, or by everybody where the rule lets them. */
export function groupHandlers(
  services: Services,
  { runAct, announce }: { readonly runAct: RunDirectoryAct; readonly announce: (tenantId: string) => void },
): GroupHandlers {
  const { database, clock, random } = services;

  const make = async (context: RequestContext, given: NewGroup): Promise<Group> => {
    const { tenantId, member } = context;
    const name = tidy(given.name);
    const { value } = await runAct(context, {
      action: 'group.create',
      asked: name,
      run: async (transaction) => {
        const now = clock.now();
        const id = uuidv7(now, random(10));
        const masters = await peopleNamed(transaction, tenantId, given.masters);
        const members = await peopleNamed(transaction, tenantId, given.members);
        await transaction
          .insertInto('member_groups')
          .values({
            tenant_id: tenantId,
            id,
            name,
            description: tidyText(given.description),
            visible: given.visible ? 1 : 0,
            created_by: member.id,
            created_at: now,
            deleted_at: null,
          })
          .execute();
        await setGroupPeople(transaction, tenantId, id, { masters, members });
        const details = { name, masters, members: members.length };
        return { value: await oneGroup(transaction, tenantId, id), target: id, details };
      },
    });
    announce(tenantId);
    return value;
  };

  return {
    'group.list': async ({ deleted }, { tenantId }) => ({ groups: await listGroups(database, tenantId, { deleted }) }),
    'group.create': async (given, context) => ({ group: await make(context, given) }),

    'group.createOwn': async ({ name, description, members }, context) => {
      if (context.policy.directory.groupsBy !== 'everyone') {
        await runAct(context, {
          action: 'group.create',
          asked: name,
          run: () => Promise.reject(refusal('denied', 'groups_by_administrators', name)),
        });
      }
      return { group: await make(context, { name, description, visible: true, masters: [context.member.id], members }) };
    },

    'group.update': async ({ id, ...given }, context) => {
      const { tenantId } = context;
      const { value, changed } = await runAct(context, {
        action: 'group.update',
        asked: id,
        run: async (transaction) => {
          // Writing first: of two administrators at once the second sees what the first did.
          await transaction
            .updateTable('member_groups')
            .set((update) => ({ name: update.ref('name') }))
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .execute();
          const before = await oneGroup(transaction, tenantId, id);
          const next = {
            name: given.name === undefined ? before.name : tidy(given.name),
            description: given.description === undefined ? before.description : tidyText(given.description),
            visible: given.visible ?? before.visible,
          };
          const masters = given.masters === undefined ? before.masters : await peopleNamed(transaction, tenantId, given.masters);
          const members = given.members === undefined ? before.members : await peopleNamed(transaction, tenantId, given.members);
          await transaction
            .updateTable('member_groups')
            .set({ ...next, visible: next.visible ? 1 : 0 })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .execute();
          if (given.masters !== undefined || given.members !== undefined) {
            await setGroupPeople(transaction, tenantId, id, { masters, members });
          }
          const after = await oneGroup(transaction, tenantId, id);
          const fields = (['name', 'description', 'visible', 'masters', 'members'] as const).filter(
            (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
          );
          const changes = Object.fromEntries(fields.map((field) => [field, after[field]]));
          return { value: after, target: id, details: fields.length === 0 ? null : { name: before.name, changes } };
        },
      });
      if (changed) announce(tenantId);
      return { group: value };
    },

    'group.delete': async ({ id }, context) => {
      const { tenantId } = context;
      await runAct(context, {
        action: 'group.delete',
        asked: id,
        run: async (transaction) => {
          const gone = await transaction
            .updateTable('member_groups')
            .set({ deleted_at: clock.now() })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .where('deleted_at', 'is', null)
            .returning('name')
            .executeTakeFirst();
          if (gone === undefined) throw refusal('not_found', 'group_unknown', id);
          return { value: null, target: id, details: { name: gone.name } };
        },
      });
      announce(tenantId);
      return {};
    },

    'group.restore': async ({ id }, context) => {
      const { tenantId } = context;
      const { value } = await runAct(context, {
        action: 'group.restore',
        asked: id,
        run: async (transaction) => {
          const back = await transaction
            .updateTable('member_groups')
            .set({ deleted_at: null })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .where('deleted_at', '>', clock.now() - directoryBinMs)
            .returning('name')
            .executeTakeFirst();
          if (back === undefined) throw refusal('not_found', 'group_unknown', id);
          return { value: await oneGroup(transaction, tenantId, id), target: id, details: { name: back.name } };
        },
      });
      announce(tenantId);
      return { group: value };
    },
  };
}
