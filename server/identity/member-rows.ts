import { MemberState, type Member } from '#shared/model/member.ts';
import type { Database } from '../context.ts';

/** The members of a tenant with what colleagues see of them. */
export const memberQuery = (database: Database, tenantId: string) =>
  database
    .selectFrom('members')
    .leftJoin('organisations', (join) =>
      join.onRef('organisations.tenant_id', '=', 'members.tenant_id').onRef('organisations.id', '=', 'members.organisation_id'),
    )
    .select(['members.id', 'members.member_id', 'members.name', 'members.reading', 'members.title', 'members.state', 'members.role'])
    .select('organisations.name as organisation')
    .where('members.tenant_id', '=', tenantId);

/** A row of `memberQuery` as colleagues see it. */
export const toMember = (row: Awaited<ReturnType<ReturnType<typeof memberQuery>['execute']>>[number]): Member => ({
  id: row.id,
  memberId: row.member_id,
  name: row.name,
  reading: row.reading,
  organisation: row.organisation,
  title: row.title,
  state: MemberState.parse(row.state),
});
