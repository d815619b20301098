import { AppError } from '#shared/base/errors.ts';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Role } from '#shared/model/member.ts';
import { MemberProfile } from '#shared/model/profile.ts';
import type { Database } from '../context.ts';
import { memberQuery, toMember } from './member-rows.ts';

/** ACC-44: how long a deletion can be taken back, in milliseconds. */
export const undeleteMs = 7 * 86_400_000;

/** The members of a tenant as administrators see them; those that were erased are no longer among them. */
export const administeredQuery = (database: Database, tenantId: string) =>
  memberQuery(database, tenantId)
    .select(['members.app_blocked', 'members.created_at', 'members.password_hash', 'members.password_set_at', 'members.password_due'])
    .select(['members.email', 'members.profile', 'members.role_id', 'members.organisation_id', 'members.template_id'])
    .select(['members.position_id', 'members.level_id', 'members.user_type_id', 'members.leave_until', 'members.email_codes'])
    .select(['members.deleted_at', 'members.state_before'])
    .select((select) => [
      select
        .selectFrom('sessions')
        .select(({ fn }) => fn.max<number | null>('sessions.last_used_at').as('used'))
        .whereRef('sessions.tenant_id', '=', 'members.tenant_id')
        .whereRef('sessions.member_id', '=', 'members.id')
        .as('last_used_at'),
      select
        .selectFrom('totp_keys')
        .select('totp_keys.confirmed_at')
        .whereRef('totp_keys.tenant_id', '=', 'members.tenant_id')
        .whereRef('totp_keys.member_id', '=', 'members.id')
        .as('totp_since'),
      select
        .selectFrom('passkeys')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('passkeys.tenant_id', '=', 'members.tenant_id')
        .whereRef('passkeys.member_id', '=', 'members.id')
        .as('passkeys'),
    ])
    .where('members.erased_at', 'is', null);

export type MemberRow = Awaited<ReturnType<ReturnType<typeof administeredQuery>['execute']>>[number];

/** A row as administrators see it; the password itself nobody ever does (ACC-08). */
export const toAdministered = (row: MemberRow): AdministeredMember => ({
  ...toMember(row),
  role: Role.parse(row.role),
  appBlocked: row.app_blocked !== 0,
  hasPassword: row.password_hash !== null,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  roleId: row.role_id,
  email: row.email,
  organisationId: row.organisation_id,
  positionId: row.position_id,
  levelId: row.level_id,
  userTypeId: row.user_type_id,
  templateId: row.template_id,
  leaveUntil: row.leave_until,
  deletedUntil: row.state === 'deleted' && row.deleted_at !== null ? row.deleted_at + undeleteMs : null,
  twoStep: row.totp_since !== null || row.email_codes !== 0 || Number(row.passkeys) > 0,
});

export const profileOf = (row: { readonly profile: string }): MemberProfile => MemberProfile.parse(JSON.parse(row.profile));

/** A member by id, or by what they log in with; the id wins. Throws `not_found`. */
export async function findMember(database: Database, tenantId: string, reference: string): Promise<MemberRow> {
  const rows = await administeredQuery(database, tenantId)
    .where((where) => where.or([where('members.id', '=', reference), where('members.member_id', '=', reference)]))
    .execute();
  const row = rows.find(({ id }) => id === reference) ?? rows[0];
  if (row === undefined) throw new AppError('not_found', 'No such member', { details: { reason: 'member_unknown', subject: reference } });
  return row;
}
