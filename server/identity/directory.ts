import { assert } from '#shared/base/assert.ts';
import type { Identity } from '#shared/contract/login.ts';
import type { Member } from '#shared/model/member.ts';
import type { Database } from '../context.ts';
import { memberQuery, toMember } from './member-rows.ts';
import { findAskingMember } from './session-rows.ts';

/**
 * Everybody in the tenant as colleagues see them, by reading then id. The deleted stay listed: their messages do too. Who has not been let
 * in yet is not one of them.
 */
export async function listMembers(database: Database, tenantId: string): Promise<Member[]> {
  const settled = memberQuery(database, tenantId).where('members.state', '!=', 'waiting');
  const rows = await settled.orderBy('members.reading').orderBy('members.id').execute();
  return rows.map((row) => toMember(row));
}

/** Who a session belongs to, as its client is told. */
export async function describeIdentity(
  database: Database,
  session: { readonly tenantId: string; readonly memberId: string; readonly sessionId: string; readonly databaseKey: string | null },
  policyRevision: number,
): Promise<Identity> {
  const tenant = await database
    .selectFrom('tenants')
    .select(['name', 'display_name'])
    .where('id', '=', session.tenantId)
    .executeTakeFirstOrThrow();
  const row = await memberQuery(database, session.tenantId).where('members.id', '=', session.memberId).executeTakeFirstOrThrow();
  const asking = await findAskingMember(database, session.tenantId, session.memberId);
  assert(asking !== null, 'whoever is read twice is there twice');
  return {
    tenant: tenant.name,
    tenantName: tenant.display_name,
    member: toMember(row),
    role: asking.role,
    rights: [...asking.rights],
    templateId: asking.templateId,
    lease: null,
    leaseKey: null,
    recoveryKey: null,
    sessionId: session.sessionId,
    databaseKey: session.databaseKey,
    policyRevision,
  };
}
