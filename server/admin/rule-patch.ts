import { AppError } from '#shared/base/errors.ts';
import { deny } from '#shared/model/decision.ts';
import type { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { denial } from '#shared/policy/denial.ts';
import { missingRight, sectionsOf } from '#shared/policy/section-rights.ts';
import type { AppendAudit, Database, RequestContext } from '../context.ts';

/** The rules as a patch makes them, with members named by id. Throws `invalid` for what cannot be. */
export async function patched(database: Database, tenantId: string, policy: Policy, patch: PolicyPatch): Promise<Policy> {
  return applyPatch(policy, await withMemberIds(database, tenantId, patch));
}

/** NET-06: excepted members are kept by id, which stays when what they log in with changes. Throws `invalid` for somebody unknown. */
async function withMemberIds(database: Database, tenantId: string, patch: PolicyPatch): Promise<PolicyPatch> {
  const given = patch.network?.exceptions;
  if (given === undefined || given.length === 0) return patch;
  const rows = await database.selectFrom('members').select(['id', 'member_id']).where('tenant_id', '=', tenantId).execute();
  const ids = new Map([...rows.map((row) => [row.member_id, row.id] as const), ...rows.map((row) => [row.id, row.id] as const)]);
  const exceptions = given.map((member) => ids.get(member) ?? unknownMember(member));
  return { ...patch, network: { ...patch.network, exceptions } };
}

export function unknownMember(member: string): never {
  throw new AppError('invalid', `There is no member ${member}`, { details: { reason: 'member_unknown', subject: member } });
}

/** ADM-10: each section of the rules belongs to one right. Throws `denied` for a section that is not the asker's; the try is in the audit log. */
export async function requireRights(
  database: Database,
  audit: AppendAudit,
  context: RequestContext,
  { action, patch }: { readonly action: string; readonly patch: PolicyPatch },
): Promise<void> {
  const { tenantId, member, session, address } = context;
  const right = missingRight(patch, member.rights);
  if (right === null) return;
  const details = { reason: 'role_missing', right, sections: sectionsOf(patch) };
  await database
    .transaction()
    .execute((transaction) =>
      audit(transaction, tenantId, { actorId: member.id, action, target: null, result: 'denied', address, client: session.kind, details }),
    );
  throw denial(deny('role_missing', 'ADM-10', right));
}
