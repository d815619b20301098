import { sql } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { Role } from '#shared/model/member.ts';
import type { Database, Services } from '../context.ts';
import { memberQuery, toMember } from './member-rows.ts';

const administeredQuery = (database: Database, tenantId: string) =>
  memberQuery(database, tenantId)
    .select([
      'members.app_blocked',
      'members.created_at',
      'members.password_hash',
      'members.email',
      'members.role_id',
      'members.organisation_id',
    ])
    .select(['members.position_id', 'members.level_id', 'members.user_type_id', 'members.template_id', 'members.leave_until'])
    .select((select) =>
      select
        .selectFrom('sessions')
        .select(({ fn }) => fn.max<number | null>('sessions.last_used_at').as('used'))
        .whereRef('sessions.tenant_id', '=', 'members.tenant_id')
        .whereRef('sessions.member_id', '=', 'members.id')
        .as('last_used_at'),
    );

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
  deletedUntil: null,
  twoStep: false,
});

/** A member by id, or by what they log in with; the id wins. Throws `not_found`. */
export async function findMember(database: Database, tenantId: string, reference: string): Promise<MemberRow> {
  const rows = await administeredQuery(database, tenantId)
    .where((where) => where.or([where('members.id', '=', reference), where('members.member_id', '=', reference)]))
    .execute();
  const row = rows.find(({ id }) => id === reference) ?? rows[0];
  if (row === undefined) throw new AppError('not_found', 'No such member', { details: { reason: 'member_unknown', subject: reference } });
  return row;
}

/** Members in the order of their member ids, from after `after` on; `text` is looked for in name, reading and member id. */
export async function pageOfMembers(
  database: Database,
  tenantId: string,
  { text, after, limit }: { readonly text?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<{ members: AdministeredMember[]; complete: boolean; total: number }> {
  let query = administeredQuery(database, tenantId);
  if (after !== undefined) query = query.where('members.member_id', '>', after);
  if (text !== undefined && text !== '') {
    const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
    const found = (column: 'name' | 'reading' | 'member_id') =>
      sql<boolean>`lower(${sql.ref(`members.${column}`)}) like ${pattern} escape '\\'`;
    query = query.where((where) => where.or([found('name'), found('reading'), found('member_id')]));
  }
  const rows = await query
    .orderBy('members.member_id')
    .limit(limit + 1)
    .execute();
  const counted = await database
    .selectFrom('members')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return { members: rows.slice(0, limit).map((row) => toAdministered(row)), complete: rows.length <= limit, total: Number(counted.total) };
}

/** The organisation of that name, made when there is none. Throws `conflict` where several have it. */
export async function organisationNamed(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  tenantId: string,
  name: string | null,
): Promise<string | null> {
  if (name === null) return null;
  const rows = await transaction
    .selectFrom('organisations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .limit(2)
    .execute();
  if (rows.length > 1) {
    throw new AppError('conflict', `Several organisations are called ${name}`, {
      details: { reason: 'organisation_ambiguous', subject: name },
    });
  }
  if (rows.length === 1) return rows[0]!.id;
  const id = uuidv7(clock.now(), random(10));
  await transaction.insertInto('organisations').values({ tenant_id: tenantId, id, parent_id: null, name }).execute();
  return id;
}
