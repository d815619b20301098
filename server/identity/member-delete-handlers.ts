import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { RequestContext, Services } from '../context.ts';
import { lockDirectory, refusal } from './directory-acts.ts';
import { dropInvitationsOf } from './invitations.ts';
import type { RunMemberAct } from './member-acts.ts';
import { requireSomebodyElse, updateMember } from './member-state-handlers.ts';
import { toAdministered, undeleteMs } from './members.ts';
import type { Sessions } from './sessions.ts';

export type MemberDeletion = Pick<Handlers<ServerContract, RequestContext>, 'member.delete' | 'member.undelete'>;

export interface DeletionOptions {
  readonly runMemberAct: RunMemberAct;
  readonly announce: (tenantId: string) => void;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
}

const endedReason = 'member_deleted';

/**
 * Cuts people off at once (ACC-44, ACC-50): their sessions end and the gate withholds the keys of their devices. For 7 days that can be
 * taken back, with everything that was theirs; then they are erased (`purge.ts`).
 */
export function memberDeleteHandlers(services: Services, { runMemberAct, announce, sessions }: DeletionOptions): MemberDeletion {
  const { clock } = services;
  return {
    'member.delete': async ({ members: targets }, context) => {
      const { tenantId } = context;
      const action = 'member.delete';
      const acts = ['state'] as const;
      // All or nobody: whoever may not be deleted is found before the first one is.
      const ids: string[] = [];
      for (const target of new Set(targets)) {
        const run = async (_transaction: unknown, row: { readonly id: string; readonly member_id: string }): Promise<null> => {
          requireSomebodyElse(context, row);
          return null;
        };
        ids.push((await runMemberAct(context, { action, target, acts, run })).member.id);
      }
      const members: AdministeredMember[] = [];
      for (const target of new Set(ids)) {
        const ended: string[] = [];
        const { member } = await runMemberAct(context, {
          action,
          target,
          acts,
          run: async (transaction, row) => {
            if (row.state === 'deleted') return null;
            const deleted = { state: 'deleted', state_before: row.state, deleted_at: clock.now() };
            await updateMember(transaction, tenantId, row.id, deleted);
            await dropInvitationsOf(transaction, tenantId, row.id);
            ended.push(...(await sessions.endAll(transaction, tenantId, row.id, endedReason)));
            return { before: row.state, ended: ended.length };
          },
        });
        for (const id of ended) sessions.announceEnd(tenantId, member.id, id, endedReason);
        members.push(toAdministered(member));
      }
      announce(tenantId);
      return { members };
    },

    'member.undelete': async ({ member: target }, context) => {
      const { tenantId } = context;
      const { member, changed } = await runMemberAct(context, {
        action: 'member.undelete',
        target,
        acts: ['state'],
        run: async (transaction, row) => {
          if (row.state !== 'deleted') return null;
          if (row.deleted_at === null || clock.now() - row.deleted_at >= undeleteMs)
            throw refusal('conflict', 'undelete_too_late', row.member_id);
          await lockDirectory(transaction, tenantId);
          // Where they belonged may have gone meanwhile.
          const place = await transaction
            .selectFrom('organisations')
            .select('id')
            .where('tenant_id', '=', tenantId)
            .where('id', '=', row.organisation_id ?? '')
            .where('deleted_at', 'is', null)
            .executeTakeFirst();
          const state = row.state_before ?? 'active';
          const back = { state, state_before: null, deleted_at: null, organisation_id: place?.id ?? null };
          await updateMember(transaction, tenantId, row.id, back);
          return { state };
        },
      });
      if (changed) announce(tenantId);
      return { member: toAdministered(member) };
    },
  };
}
