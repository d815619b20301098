import type { Updateable } from 'kysely';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { MemberState } from '#shared/model/member.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import type { Schema } from '../store/schema.ts';
import { refusal, type RunDirectoryAct } from './directory-acts.ts';
import { dayOf } from './leave.ts';
import type { RunMemberAct } from './member-acts.ts';
import { requireFreeId, reservedIdMs } from './member-make.ts';
import { findMember, toAdministered, type MemberRow } from './members.ts';
import type { Sessions } from './sessions.ts';

export type MemberStates = Pick<
  Handlers<ServerContract, RequestContext>,
  'member.setState' | 'member.setLeave' | 'member.setAppBlock' | 'member.changeId' | 'member.approve'
>;

export interface StateOptions {
  readonly runAct: RunDirectoryAct;
  readonly runMemberAct: RunMemberAct;
  /** `audience` null for everybody. */
  readonly announce: (tenantId: string, audience?: readonly string[] | null) => void;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
}

/** Throws `conflict` for somebody who is deleted, or has not been let in yet. */
export function requireSettled({ state, member_id: memberId }: Pick<MemberRow, 'state' | 'member_id'>): void {
  if (state === 'deleted') throw refusal('conflict', 'member_deleted', memberId);
  if (state === 'waiting') throw refusal('conflict', 'member_waiting', memberId);
}

/** Nobody shuts themselves out by accident. Throws `conflict`. */
export function requireSomebodyElse(context: RequestContext, { id, member_id: memberId }: Pick<MemberRow, 'id' | 'member_id'>): void {
  if (id === context.member.id) throw refusal('conflict', 'own_account', memberId);
}

/** Writes columns of one member. */
export const updateMember = async (
  transaction: Database,
  tenantId: string,
  id: string,
  columns: Updateable<Schema['members']>,
): Promise<void> => {
  await transaction.updateTable('members').set(columns).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
};

/** What administrators do to an account: suspend, leave, block apps, another id, and whether somebody who asks is let in (ACC-43…47). */
export function memberStateHandlers(services: Services, { runAct, runMemberAct, announce, sessions }: StateOptions): MemberStates {
  const { clock } = services;
  /** Runs an act that ends every session of its member, and tells their programs why. */
  const ending = async (
    context: RequestContext,
    reason: string,
    work: Omit<Parameters<RunMemberAct>[1], 'run'>,
    change: (
      transaction: Database,
      row: MemberRow,
    ) => Promise<{ readonly ends: boolean; readonly details: Record<string, unknown> } | null>,
  ): Promise<{ member: MemberRow; ended: number }> => {
    const ended: string[] = [];
    const { member, changed } = await runMemberAct(context, {
      ...work,
      run: async (transaction, row) => {
        const done = await change(transaction, row);
        if (done === null) return null;
        if (done.ends) ended.push(...(await sessions.endAll(transaction, context.tenantId, row.id, reason)));
        return { ...done.details, ended: ended.length };
      },
    });
    for (const id of ended) sessions.announceEnd(context.tenantId, member.id, id, reason);
    if (changed) announce(context.tenantId);
    return { member, ended: ended.length };
  };

  return {
    'member.setState': async ({ member: target, state }, context) => {
      const suspends = state === 'suspended';
      const work = { action: suspends ? 'member.suspend' : 'member.restore', target, acts: ['state'] as const };
      const { member } = await ending(context, 'member_suspended', work, async (transaction, row) => {
        if (row.state === state) return null;
        requireSettled(row);
        if (suspends) requireSomebodyElse(context, row);
        // Suspending clears "absent" (ACC-43). A leave goes on after it, until its last day has passed.
        const onLeave = row.state !== 'leave' && row.leave_until !== null && row.leave_until >= dayOf(clock.now());
        const next: MemberState = suspends ? 'suspended' : onLeave ? 'leave' : 'active';
        const columns = suspends ? {} : { failed_logins: 0, ...(onLeave ? {} : { leave_until: null }) };
        await updateMember(transaction, context.tenantId, row.id, { state: next, ...columns });
        return { ends: suspends, details: { before: row.state } };
      });
      return { member: toAdministered(member) };
    },

    'member.setLeave': async ({ member: target, until }, context) => {
      const { member, changed } = await runMemberAct(context, {
        action: until === null ? 'member.end_leave' : 'member.leave',
        target,
        acts: ['profile'],
        run: async (transaction, row) => {
          if (row.leave_until === until && (until === null) === (row.state !== 'leave')) return null;
          requireSettled(row);
          if (until !== null && until < dayOf(clock.now())) throw refusal('invalid', 'leave_in_the_past', until);
          // Somebody who is suspended stays so; the leave shows once they are restored.
          const suspended = row.state === 'suspended' || row.state === 'suspended_failures';
          const state = suspended ? row.state : until === null ? 'active' : 'leave';
          await updateMember(transaction, context.tenantId, row.id, { state, leave_until: until });
          return { before: row.leave_until, until };
        },
      });
      if (changed) announce(context.tenantId);
      return { member: toAdministered(member) };
    },

    'member.setAppBlock': async ({ member: target, blocked }, context) => {
      const { member, changed } = await runMemberAct(context, {
        action: blocked ? 'member.block_apps' : 'member.unblock_apps',
        target,
        acts: ['app_block'],
        run: async (transaction, row) => {
          if ((row.app_blocked !== 0) === blocked) return null;
          if (row.state === 'deleted') throw refusal('conflict', 'member_deleted', row.member_id);
          await updateMember(transaction, context.tenantId, row.id, { app_blocked: blocked ? 1 : 0 });
          return {};
        },
      });
      // Their sockets are judged again with it; nobody else sees a difference.
      if (changed) announce(context.tenantId, [member.id]);
      return { member: toAdministered(member) };
    },

    'member.changeId': async ({ member: target, memberId }, context) => {
      const { tenantId } = context;
      const work = { action: 'member.change_id', target, acts: ['profile'] as const };
      const { member, ended } = await ending(context, 'member_id_changed', work, async (transaction, row) => {
        if (row.member_id === memberId) return null;
        if (row.state === 'deleted') throw refusal('conflict', 'member_deleted', row.member_id);
        const now = clock.now();
        await requireFreeId(transaction, tenantId, memberId, { self: row.id, now });
        const other = await transaction
          .selectFrom('members')
          .select('id')
          .where('tenant_id', '=', tenantId)
          .where('member_id', '=', memberId)
          .executeTakeFirst();
        if (other !== undefined) throw refusal('conflict', 'member_exists', memberId);
        await updateMember(transaction, tenantId, row.id, { member_id: memberId });
        const held = { held_by: row.id, until: now + reservedIdMs };
        await transaction
          .insertInto('reserved_member_ids')
          .values({ tenant_id: tenantId, member_id: row.member_id, ...held })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doUpdateSet(held))
          .execute();
        const own = transaction.deleteFrom('reserved_member_ids').where('tenant_id', '=', tenantId);
        await own.where('member_id', '=', memberId).execute();
        return { ends: true, details: { before: row.member_id, after: memberId } };
      });
      return { member: toAdministered(member), ended };
    },

    'member.approve': async ({ member: target, approve }, context) => {
      const { tenantId } = context;
      await runAct(context, {
        action: approve ? 'member.approve' : 'member.reject',
        asked: target,
        run: async (transaction) => {
          const row = await findMember(transaction, tenantId, target);
          if (row.state !== 'waiting') throw refusal('conflict', 'member_not_waiting', target);
          if (approve) await updateMember(transaction, tenantId, row.id, { state: 'active' });
          // Nobody has seen them yet: nothing refers to them but the log.
          else await transaction.deleteFrom('members').where('tenant_id', '=', tenantId).where('id', '=', row.id).execute();
          return { value: null, target: row.id, details: { memberId: row.member_id, name: row.name } };
        },
      });
      announce(tenantId);
      return {};
    },
  };
}
