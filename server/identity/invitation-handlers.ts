import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { newPasswordRules } from '#shared/policy/password.ts';
import type { AppendAudit, PublicContext, RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { Attempts } from './attempts.ts';
import { directoryActs, refusal } from './directory-acts.ts';
import { invitationUrl } from './first-password.ts';
import { findInvitation, issueInvitation, takeInvitation } from './invitations.ts';
import { makeMember } from './member-make.ts';
import { checkNewPassword, setPassword } from './password-rules.ts';

export type InvitationHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  'invitation.create' | 'invitation.list' | 'invitation.revoke'
>;
export type PublicInvitations = Pick<Handlers<ServerContract, PublicContext>, 'invitation.look' | 'invitation.accept'>;

export interface InvitationOptions {
  readonly audit: AppendAudit;
  readonly policies: PolicyReader;
  readonly attempts: Attempts;
  /** How clients reach this server. */
  readonly publicUrl: () => string;
}

const dayMs = 86_400_000;
/** Not told apart: a code that never was, was used, was taken back, or has run out. */
const unknownCode = () => refusal('not_found', 'invitation_unknown', '');

/** Links into the company and to a first password (ADM-04, ACC-10). */
export function invitationHandlers(
  services: Services,
  { audit, policies, attempts, publicUrl }: InvitationOptions,
): { readonly forMembers: InvitationHandlers; readonly forEverybody: PublicInvitations } {
  const { database, clock, bus } = services;
  const runAct = directoryActs(services, audit);

  const find = async (code: string, context: PublicContext) => {
    const attempt = await attempts.begin(context.address, `invitation ${context.address}`);
    const row = await findInvitation(database, code, clock.now());
    if (row === null) throw unknownCode();
    await attempt.succeeded();
    const { policy } = await policies.current(row.tenant_id);
    // An invitation is as good as the rule is now.
    if (row.kind === 'join' && policy.invitations.by === 'nobody') throw unknownCode();
    return { row, policy };
  };

  const forMembers: InvitationHandlers = {
    'invitation.create': async ({ validDays }, context) => {
      const { tenantId, member } = context;
      const { value } = await runAct(context, {
        action: 'invitation.create',
        asked: 'join',
        run: async (transaction) => {
          const { by } = context.policy.invitations;
          if (by === 'nobody') throw refusal('denied', 'invitations_off', '');
          if (by === 'administrators' && !member.rights.includes('invitations')) throw refusal('denied', 'role_missing', 'invitations');
          const invitation = { kind: 'join', createdBy: member.id, memberId: null, validMs: validDays * dayMs } as const;
          const issued = await issueInvitation(transaction, services, tenantId, invitation);
          return { value: issued, target: issued.id, details: { kind: 'join', expiresAt: issued.expiresAt } };
        },
      });
      return { code: value.code, url: invitationUrl(publicUrl(), value.code), expiresAt: value.expiresAt };
    },

    'invitation.list': async (_input, { tenantId }) => {
      const rows = await database
        .selectFrom('invitations')
        .leftJoin('members', (join) =>
          join.onRef('members.tenant_id', '=', 'invitations.tenant_id').onRef('members.id', '=', 'invitations.member_id'),
        )
        .select(['invitations.id', 'invitations.kind', 'invitations.created_by', 'invitations.created_at', 'invitations.expires_at'])
        .select('members.member_id')
        .where('invitations.tenant_id', '=', tenantId)
        .where('invitations.expires_at', '>', clock.now())
        .orderBy('invitations.created_at', 'desc')
        .orderBy('invitations.id')
        .execute();
      const invitations = rows.map((row) => ({
        id: row.id,
        kind: row.kind as 'join' | 'first_password',
        createdBy: row.created_by,
        memberId: row.member_id,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      }));
      return { invitations };
    },

    'invitation.revoke': async ({ id }, context) => {
      await runAct(context, {
        action: 'invitation.revoke',
        asked: id,
        run: async (transaction) => {
          if (!(await takeInvitation(transaction, context.tenantId, id))) throw refusal('not_found', 'invitation_unknown', id);
          return { value: null, target: id, details: {} };
        },
      });
      return {};
    },
  };

  const forEverybody: PublicInvitations = {
    'invitation.look': async ({ code }, context) => {
      const { row, policy } = await find(code, context);
      const own = row.kind === 'first_password';
      return {
        tenantName: row.display_name,
        kind: own ? 'first_password' : 'join',
        memberId: own ? row.member_id : null,
        name: own ? row.name : null,
        rules: newPasswordRules(policy.password),
      };
    },

    'invitation.accept': async ({ code, password, memberId, name, reading, email }, context) => {
      const { row, policy } = await find(code, context);
      const { tenant_id: tenantId } = row;
      const { address } = context;
      const record = (actorId: string, details: Record<string, unknown>) =>
        ({
          actorId,
          action: 'invitation.accept',
          target: row.id,
          result: 'success',
          address,
          client: context.claimedKind,
          details,
        }) as const;

      if (row.kind === 'first_password') {
        const owner = { tenantId, id: row.owner_id!, memberId: row.member_id! };
        const checked = await checkNewPassword(database, owner, password, policy);
        await database.transaction().execute(async (transaction) => {
          if (!(await takeInvitation(transaction, tenantId, row.id))) throw unknownCode();
          await setPassword(transaction, owner, checked, { now: clock.now(), due: null });
          await audit(transaction, tenantId, record(owner.id, { kind: row.kind, memberId: owner.memberId }));
        });
        return { state: row.state === 'waiting' ? 'waiting' : 'active', memberId: owner.memberId };
      }

      if (memberId === undefined || name === undefined)
        throw refusal('invalid', 'field_missing', memberId === undefined ? 'memberId' : 'name');
      const checked = await checkNewPassword(database, { tenantId, id: null, memberId }, password, policy);
      const state = policy.invitations.approveAutomatically ? 'active' : 'waiting';
      await database.transaction().execute(async (transaction) => {
        if (!(await takeInvitation(transaction, tenantId, row.id))) throw unknownCode();
        const id = await makeMember(
          transaction,
          services,
          { tenantId, policy },
          {
            memberId,
            name,
            reading: reading ?? name,
            fields: { ...(email === undefined ? {} : { email }) },
            role: 'member',
            roleId: null,
            state,
            passwordHash: checked.hash,
            passwordDue: null,
          },
        );
        await audit(transaction, tenantId, record(id, { kind: row.kind, memberId, state, invitedBy: row.created_by }));
      });
      bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
      return { state, memberId };
    },
  };

  return { forMembers, forEverybody };
}
