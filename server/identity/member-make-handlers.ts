import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { RunDirectoryAct } from './directory-acts.ts';
import { generatePassword } from './generate-password.ts';
import type { FirstPasswordLinks } from './first-password.ts';
import { requireAct, type RunMemberAct } from './member-acts.ts';
import { columnsFor } from './member-fields.ts';
import { makeMember, requireRole } from './member-make.ts';
import { findMember, toAdministered } from './members.ts';
import { checkNewPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import { requireFresh } from './require-fresh.ts';

export type MemberMaking = Pick<Handlers<ServerContract, RequestContext>, 'member.create' | 'member.update' | 'member.setRole'>;

export interface MakingOptions {
  readonly runAct: RunDirectoryAct;
  readonly runMemberAct: RunMemberAct;
  readonly announce: (tenantId: string) => void;
  readonly links: FirstPasswordLinks;
}

/** Administrators add people, change what is written about them, and give roles (ADM-01, ADM-03, ADM-10, ACC-10). */
export function memberMakeHandlers(services: Services, { runAct, runMemberAct, announce, links }: MakingOptions): MemberMaking {
  const { database, clock, random } = services;
  const setRole = async (
    context: RequestContext,
    { member: target, role, roleId }: Parameters<MemberMaking['member.setRole']>[0],
    ask: 'gate' | 'here',
  ): ReturnType<MemberMaking['member.setRole']> => {
    const { member, changed } = await runMemberAct(context, {
      action: 'member.set_role',
      target,
      acts: ['role'],
      run: async (transaction, row) => {
        if (ask === 'here') await requireFresh(transaction, clock, context);
        const own = await requireRole(transaction, context.tenantId, role, roleId);
        if (row.role === role && row.role_id === own) return null;
        await transaction
          .updateTable('members')
          .set({ role, role_id: own })
          .where('tenant_id', '=', context.tenantId)
          .where('id', '=', row.id)
          .execute();
        return { before: row.role, role, ...(own === null ? {} : { roleId: own }) };
      },
    });
    if (changed) announce(context.tenantId);
    return { member: toAdministered(member) };
  };

  return {
    'member.setRole': async (input, context) => setRole(context, input, 'gate'),

    'member.create': async (input, context) => {
      const { memberId, name, reading, role = 'member', roleId, password: given, mailLink, mustChange, ...fields } = input;
      const { tenantId, policy } = context;
      const made = given ?? (mailLink ? null : generatePassword(random));
      let passwordHash: string | null = null;
      if (given !== undefined) {
        passwordHash = (await checkNewPassword(database, { tenantId, id: null, memberId }, given, policy, 'administrator')).hash;
      } else if (made !== null) passwordHash = await hashPassword(made);
      const { value } = await runAct(context, {
        action: 'member.create',
        asked: memberId,
        run: async (transaction) => {
          requireAct(context, 'profile', 'member');
          if (role !== 'member') {
            requireAct(context, 'role', 'member');
            await requireFresh(transaction, clock, context);
          }
          const own = await requireRole(transaction, tenantId, role, roleId);
          const id = await makeMember(transaction, services, context, {
            memberId,
            name,
            reading,
            fields,
            role,
            roleId: own,
            state: 'active',
            passwordHash,
            passwordDue: (mustChange ?? given === undefined) ? 'initial' : null,
          });
          const row = await findMember(transaction, tenantId, id);
          const link = made === null ? await links.issue(transaction, context, row) : null;
          return { value: { row, link }, target: id, details: { memberId, role, ...(link === null ? {} : { link: link.kind }) } };
        },
      });
      announce(tenantId);
      const link = value.link?.kind === 'shown' ? value.link.url : null;
      return { member: toAdministered(value.row), password: given === undefined ? made : null, link };
    },

    'member.update': async ({ member: target, role, ...given }, context) => {
      if (role !== undefined) {
        await setRole(context, { member: target, role }, 'here');
      }
      let isOfOtherType = false;
      const { member, changed } = await runMemberAct(context, {
        action: 'member.update',
        target,
        acts: ['profile'],
        run: async (transaction, row) => {
          const where = { transaction, services, tenantId: context.tenantId, policy: context.policy };
          const columns = await columnsFor(where, given, row);
          const changes = Object.entries(columns).filter(([column, value]) => value !== row[column as keyof typeof row]);
          if (changes.length === 0) return null;
          await transaction
            .updateTable('members')
            .set(Object.fromEntries(changes))
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', row.id)
            .execute();
          isOfOtherType = changes.some(([column]) => column === 'user_type_id');
          // What is personal stays out of a log that nobody can shorten; which fields changed is in it.
          const plain = new Set(['name', 'reading', 'title', 'organisation_id', 'position_id', 'level_id', 'user_type_id', 'template_id']);
          const noted = Object.fromEntries(changes.filter(([column]) => plain.has(column)));
          return { changes: noted, fields: changes.map(([column]) => column) };
        },
      });
      if (changed) announce(context.tenantId);
      // DRV-02: which shared drives there are for them may depend on it.
      if (isOfOtherType) {
        services.bus.publish({ tenantId: context.tenantId, audience: [member.id], event: { type: 'spaces.changed' } });
      }
      return { member: toAdministered(member) };
    },
  };
}
