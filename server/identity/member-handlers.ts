import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { generatePassword } from './generate-password.ts';
import { memberActs, requireAct } from './member-acts.ts';
import { findMember, organisationNamed, pageOfMembers, toAdministered } from './members.ts';
import { hashPassword } from './passwords.ts';
import type { Sessions } from './sessions.ts';

export type MemberAdministration = Pick<
  Handlers<ServerContract, RequestContext>,
  'member.list' | 'member.create' | 'member.update' | 'member.setState' | 'member.setAppBlock' | 'member.setPassword'
>;

/** How a person's name, post or organisation is stored. Throws `invalid` when nothing is left of it. */
function tidy(text: string): string {
  const kept = text.normalize('NFC').trim();
  // eslint-disable-next-line no-control-regex -- control characters have no place in a name
  if (kept === '' || /[\u0000-\u001F\u007F]/.test(kept)) throw new AppError('invalid', 'A name is empty or has control characters');
  return kept;
}
const tidyOr = (text: string | null): string | null => (text === null ? null : tidy(text));

/** Administrators make, change, suspend and block members (ADM-03, ACC-08, ACC-43, ACC-45). */
export function memberHandlers(
  services: Services,
  { audit, sessions }: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'> },
): MemberAdministration {
  const { database, clock, random, bus } = services;
  const runAct = memberActs(database, audit);
  const directoryChanged = (tenantId: string, audience: readonly string[] | null): void =>
    bus.publish({ tenantId, audience, event: { type: 'directory.changed' } });

  return {
    'member.list': (input, { tenantId }) => pageOfMembers(database, tenantId, input),

    'member.create': async ({ memberId, role = 'member', organisation = null, title = null, ...given }, context) => {
      const { tenantId } = context;
      const record = {
        actorId: context.member.id,
        action: 'member.create',
        target: memberId,
        address: context.address,
        client: context.session.kind,
      };
      try {
        requireAct(context, 'profile', 'member');
        if (role !== 'member') requireAct(context, 'role', 'member');
      } catch (error) {
        await database
          .transaction()
          .execute((transaction) => audit(transaction, tenantId, { ...record, result: 'denied', details: { reason: 'role_missing' } }));
        throw error;
      }
      const password = given.password ?? generatePassword(random);
      const passwordHash = await hashPassword(password);
      const now = clock.now();
      const id = uuidv7(now, random(10));
      const member = await database.transaction().execute(async (transaction) => {
        const made = await transaction
          .insertInto('members')
          .values({
            tenant_id: tenantId,
            id,
            member_id: memberId,
            name: tidy(given.name),
            reading: tidy(given.reading),
            organisation_id: await organisationNamed(transaction, services, tenantId, tidyOr(organisation)),
            title: tidyOr(title),
            role,
            state: 'active',
            app_blocked: 0,
            password_hash: passwordHash,
            created_at: now,
          })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doNothing())
          .returning('id')
          .executeTakeFirst();
        if (made === undefined) {
          throw new AppError('conflict', `There is a member ${memberId} already`, {
            details: { reason: 'member_exists', subject: memberId },
          });
        }
        await audit(transaction, tenantId, { ...record, target: id, result: 'success', details: { memberId, role } });
        return findMember(transaction, tenantId, id);
      });
      directoryChanged(tenantId, null);
      return { member: toAdministered(member), password: given.password === undefined ? password : null };
    },

    'member.update': async ({ member: target, ...given }, context) => {
      const { member, changed } = await runAct(context, {
        action: 'member.update',
        target,
        acts: given.role === undefined ? ['profile'] : ['profile', 'role'],
        run: async (transaction, row) => {
          const changes: Record<string, string | null> = {};
          const note = (field: 'name' | 'reading' | 'title' | 'role' | 'organisation', value: string | null | undefined): void => {
            if (value !== undefined && value !== row[field]) changes[field] = value;
          };
          note('name', given.name === undefined ? undefined : tidy(given.name));
          note('reading', given.reading === undefined ? undefined : tidy(given.reading));
          note('title', given.title === undefined ? undefined : tidyOr(given.title));
          note('organisation', given.organisation === undefined ? undefined : tidyOr(given.organisation));
          note('role', given.role);
          if (Object.keys(changes).length === 0) return null;
          const { organisation, ...columns } = changes;
          const place =
            organisation === undefined
              ? {}
              : { organisation_id: await organisationNamed(transaction, services, context.tenantId, organisation) };
          await transaction
            .updateTable('members')
            .set({ ...columns, ...place })
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', row.id)
            .execute();
          return { changes };
        },
      });
      if (changed) directoryChanged(context.tenantId, null);
      return { member: toAdministered(member) };
    },

    'member.setState': async ({ member: target, state }, context) => {
      const ended: string[] = [];
      const { member, changed } = await runAct(context, {
        action: state === 'suspended' ? 'member.suspend' : 'member.restore',
        target,
        acts: ['state'],
        run: async (transaction, row) => {
          if (row.state === state) return null;
          if (row.state === 'deleted') throw new AppError('conflict', 'The member is deleted', { details: { reason: 'member_deleted' } });
          await transaction
            .updateTable('members')
            .set({ state })
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', row.id)
            .execute();
          if (state === 'suspended') ended.push(...(await sessions.endAll(transaction, context.tenantId, row.id, 'member_suspended')));
          return { before: row.state, ended: ended.length };
        },
      });
      for (const id of ended) sessions.announceEnd(context.tenantId, member.id, id, 'member_suspended');
      if (changed) directoryChanged(context.tenantId, null);
      return { member: toAdministered(member) };
    },

    'member.setAppBlock': async ({ member: target, blocked }, context) => {
      const { member, changed } = await runAct(context, {
        action: blocked ? 'member.block_apps' : 'member.unblock_apps',
        target,
        acts: ['app_block'],
        run: async (transaction, row) => {
          if ((row.app_blocked !== 0) === blocked) return null;
          await transaction
            .updateTable('members')
            .set({ app_blocked: blocked ? 1 : 0 })
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', row.id)
            .execute();
          return {};
        },
      });
      // Their sockets are judged again with it; nobody else sees a difference.
      if (changed) directoryChanged(context.tenantId, [member.id]);
      return { member: toAdministered(member) };
    },

    'member.setPassword': async ({ member: target, password: given }, context) => {
      const password = given ?? generatePassword(random);
      const passwordHash = await hashPassword(password);
      const ended: string[] = [];
      const { member } = await runAct(context, {
        action: 'member.set_password',
        target,
        acts: ['password'],
        run: async (transaction, row) => {
          await transaction
            .updateTable('members')
            .set({ password_hash: passwordHash })
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', row.id)
            .execute();
          ended.push(...(await sessions.endAll(transaction, context.tenantId, row.id, 'password_changed')));
          return { ended: ended.length };
        },
      });
      for (const id of ended) sessions.announceEnd(context.tenantId, member.id, id, 'password_changed');
      return { password: given === undefined ? password : null, ended: ended.length };
    },
  };
}
