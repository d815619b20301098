import { uuidv7 } from '#shared/base/uuid.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database, Services } from '../context.ts';
import { refusal } from './directory-acts.ts';
import { columnsFor, type GivenFields } from './member-fields.ts';
import type { PasswordDue } from './password-rules.ts';
import { listRoles } from './role-handlers.ts';

/** ACC-47: how long an id that somebody had is nobody else's, in milliseconds. */
export const reservedIdMs = 90 * 86_400_000;

export interface NewMember {
  readonly memberId: string;
  readonly name: string;
  readonly reading: string;
  readonly fields: GivenFields;
  readonly role: Role;
  readonly roleId: string | null;
  readonly state: MemberState;
  /** Hashed; null where they choose one by a link. */
  readonly passwordHash: string | null;
  readonly passwordDue: PasswordDue | null;
}

/** Makes a member within the act's transaction. Throws `conflict` for an id that somebody has, or had lately. Returns their id. */
export async function makeMember(
  transaction: Database,
  services: Pick<Services, 'clock' | 'random'>,
  where: { readonly tenantId: string; readonly policy: Policy },
  given: NewMember,
): Promise<string> {
  const { tenantId, policy } = where;
  const now = services.clock.now();
  const id = uuidv7(now, services.random(10));
  await requireFreeId(transaction, tenantId, given.memberId, { self: id, now });
  const { name, reading, passwordHash } = given;
  const columns = await columnsFor({ transaction, services, tenantId, policy }, { ...given.fields, name, reading }, null);
  const made = await transaction
    .insertInto('members')
    .values({
      tenant_id: tenantId,
      id,
      member_id: given.memberId,
      role: given.role,
      role_id: given.roleId,
      state: given.state,
      app_blocked: 0,
      password_hash: passwordHash,
      password_set_at: passwordHash === null ? null : now,
      password_due: passwordHash === null ? null : given.passwordDue,
      created_at: now,
      name,
      reading,
      ...columns,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) throw refusal('conflict', 'member_exists', given.memberId);
  return id;
}

/** ACC-47: an id that somebody else had within 90 days is kept from everybody else. Throws `conflict`. */
export async function requireFreeId(
  database: Database,
  tenantId: string,
  memberId: string,
  { self, now }: { readonly self: string; readonly now: number },
): Promise<void> {
  const reserved = await database
    .selectFrom('reserved_member_ids')
    .select('held_by')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .where('until', '>', now)
    .executeTakeFirst();
  if (reserved !== undefined && reserved.held_by !== self) throw refusal('conflict', 'member_id_reserved', memberId);
}

/** A role with the company's own one where it is `custom` (ADM-10). Throws `invalid` for a combination that is none. */
export async function requireRole(database: Database, tenantId: string, role: Role, roleId: string | undefined): Promise<string | null> {
  if (role !== 'custom') {
    if (roleId !== undefined) throw refusal('invalid', 'role_unknown', roleId);
    return null;
  }
  const known = (await listRoles(database, tenantId)).some(({ id }) => id === roleId);
  if (roleId === undefined || !known) throw refusal('invalid', 'role_unknown', roleId ?? '');
  return roleId;
}
