import { AppError } from '#shared/base/errors.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import { Policy, type PolicyPatch } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';

export interface AdminOptions {
  readonly audit: AppendAudit;
  /** Called after a change was committed, before anybody is told of it. */
  readonly rulesChanged: (tenantId: string) => void;
}

/** Reading and changing a tenant's rules. Who may is the gate's to say (ADM-10). */
export function adminHandlers(
  { database, bus }: Pick<Services, 'database' | 'bus'>,
  { audit, rulesChanged }: AdminOptions,
): Pick<Handlers<ServerContract, RequestContext>, 'policy.get' | 'policy.set'> {
  return {
    'policy.get': async (_input, { tenantId }) => {
      const row = await database
        .selectFrom('tenants')
        .select(['policy', 'policy_revision'])
        .where('id', '=', tenantId)
        .executeTakeFirstOrThrow();
      return { revision: row.policy_revision, policy: Policy.parse(JSON.parse(row.policy)) };
    },
    'policy.set': async ({ patch, revision }, context) => {
      const { tenantId, member } = context;
      const saved = await database.transaction().execute(async (transaction) => {
        // Raising the revision first locks the row: two administrators at once get two revisions, one after the other.
        const row = await transaction
          .updateTable('tenants')
          .set((update) => ({ policy_revision: update('policy_revision', '+', 1) }))
          .where('id', '=', tenantId)
          .returning(['policy', 'policy_revision'])
          .executeTakeFirstOrThrow();
        if (revision !== undefined && revision !== row.policy_revision - 1) {
          throw new AppError('conflict', 'The rules were changed meanwhile', {
            details: { reason: 'revision_changed', revision: row.policy_revision - 1 },
          });
        }
        const policy = applyPatch(Policy.parse(JSON.parse(row.policy)), await withMemberIds(transaction, tenantId, patch));
        await transaction
          .updateTable('tenants')
          .set({ policy: JSON.stringify(policy) })
          .where('id', '=', tenantId)
          .execute();
        await audit(transaction, tenantId, {
          actorId: member.id,
          action: 'policy.set',
          target: null,
          result: 'success',
          address: context.address,
          client: context.session.kind,
          details: { patch, revision: row.policy_revision },
        });
        return { revision: row.policy_revision, policy };
      });
      rulesChanged(tenantId);
      bus.publish({ tenantId, audience: null, event: { type: 'policy.changed', revision: saved.revision } });
      return saved;
    },
  };
}

/** NET-06: excepted members are kept by id, which stays when what they log in with changes. Throws `invalid` for somebody unknown. */
async function withMemberIds(database: Database, tenantId: string, patch: PolicyPatch): Promise<PolicyPatch> {
  const given = patch.network?.exceptions;
  if (given === undefined || given.length === 0) return patch;
  const rows = await database.selectFrom('members').select(['id', 'member_id']).where('tenant_id', '=', tenantId).execute();
  const ids = new Map([...rows.map((row) => [row.member_id, row.id] as const), ...rows.map((row) => [row.id, row.id] as const)]);
  const exceptions = given.map((member) => {
    const id = ids.get(member);
    if (id === undefined) {
      throw new AppError('invalid', `There is no member ${member}`, { details: { reason: 'member_unknown', subject: member } });
    }
    return id;
  });
  return { ...patch, network: { ...patch.network, exceptions } };
}
