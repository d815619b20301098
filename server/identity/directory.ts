import type { Identity } from '#shared/contract/tenant.ts';
import { MemberState, Role, type Member } from '#shared/model/member.ts';
import type { Database } from '../context.ts';

const memberQuery = (database: Database, tenantId: string) =>
  database
    .selectFrom('members')
    .leftJoin('organisations', (join) =>
      join.onRef('organisations.tenant_id', '=', 'members.tenant_id').onRef('organisations.id', '=', 'members.organisation_id'),
    )
    .select(['members.id', 'members.member_id', 'members.name', 'members.reading', 'members.title', 'members.state', 'members.role'])
    .select('organisations.name as organisation')
    .where('members.tenant_id', '=', tenantId);

type MemberRow = Awaited<ReturnType<ReturnType<typeof memberQuery>['execute']>>[number];

const toMember = (row: MemberRow): Member => ({
  id: row.id,
  memberId: row.member_id,
  name: row.name,
  reading: row.reading,
  organisation: row.organisation,
  title: row.title,
  state: MemberState.parse(row.state),
});

/** Everybody in the tenant as colleagues see them, by reading then id. The deleted stay listed: their messages do too. */
export async function listMembers(database: Database, tenantId: string): Promise<Member[]> {
  const rows = await memberQuery(database, tenantId).orderBy('members.reading').orderBy('members.id').execute();
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
  return {
    tenant: tenant.name,
    tenantName: tenant.display_name,
    member: toMember(row),
    role: Role.parse(row.role),
    sessionId: session.sessionId,
    databaseKey: session.databaseKey,
    policyRevision,
  };
}
