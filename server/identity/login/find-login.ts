import type { Database } from '../../context.ts';
import { parseMemberName } from '../member-name.ts';

/** Whom a typed name means. `member` is null for somebody who does not exist in that tenant. */
export interface FoundLogin {
  readonly tenantId: string;
  /** As typed, in its plain form. */
  readonly memberId: string;
  readonly member: { readonly id: string; readonly passwordHash: string | null } | null;
}

/** The tenant that a typed name means; without a name the only one there is. Null where that is not clear. */
export async function findTenant(database: Database, name: string | null): Promise<string | null> {
  let query = database.selectFrom('tenants').select('id').limit(2);
  if (name !== null) query = query.where('name', '=', name);
  const tenants = await query.execute();
  return tenants.length === 1 ? tenants[0]!.id : null;
}

/** Finds who is meant by `id` or `id@tenant`; null when not even the tenant is clear. */
export async function findLogin(database: Database, typed: string): Promise<FoundLogin | null> {
  const name = parseMemberName(typed);
  if (name === null) return null;
  const tenantId = await findTenant(database, name.tenantName);
  if (tenantId === null) return null;
  const row = await database
    .selectFrom('members')
    .select(['id', 'password_hash'])
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', name.memberId)
    .executeTakeFirst();
  return { tenantId, memberId: name.memberId, member: row === undefined ? null : { id: row.id, passwordHash: row.password_hash } };
}
