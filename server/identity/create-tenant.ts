import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { MemberId, TenantName } from '#shared/model/member.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { AppendAudit, Services } from '../context.ts';
import { hashPassword } from './passwords.ts';

export interface NewTenant {
  /** ACC-48. */
  readonly name: string;
  readonly displayName: string;
  readonly administrator: { readonly memberId: string; readonly name: string; readonly password: string };
}

/** Makes a tenant with its supreme administrator (ADM-10). Throws `invalid` for bad names and `conflict` when the tenant exists. */
export async function createTenant(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  audit: AppendAudit,
  { name, displayName, administrator }: NewTenant,
): Promise<{ tenantId: string; administratorId: string }> {
  if (!TenantName.safeParse(name).success) throw new AppError('invalid', 'A tenant name has 2 to 22 of a–z, 0–9 and hyphen');
  if (!MemberId.safeParse(administrator.memberId).success) {
    throw new AppError('invalid', 'A member id has 1 to 40 of a–z, 0–9, dot, underscore and hyphen');
  }
  if (administrator.password.length < 8 || administrator.password.length > 128) {
    throw new AppError('invalid', 'A password has 8 to 128 characters');
  }
  const passwordHash = await hashPassword(administrator.password);
  const now = clock.now();
  const tenantId = uuidv7(now, random(10));
  const administratorId = uuidv7(now, random(10));
  await database.transaction().execute(async (transaction) => {
    const existing = await transaction.selectFrom('tenants').select('id').where('name', '=', name).executeTakeFirst();
    if (existing !== undefined) throw new AppError('conflict', `There is a tenant ${name} already`);
    await transaction
      .insertInto('tenants')
      .values({
        id: tenantId,
        name,
        display_name: displayName,
        created_at: now,
        talk_change: 0,
        policy: JSON.stringify(defaultPolicy),
        policy_revision: 0,
      })
      .execute();
    await transaction
      .insertInto('members')
      .values({
        tenant_id: tenantId,
        id: administratorId,
        member_id: administrator.memberId,
        name: administrator.name,
        reading: administrator.name,
        role: 'supreme',
        state: 'active',
        app_blocked: 0,
        password_hash: passwordHash,
        created_at: now,
      })
      .execute();
    await audit(transaction, tenantId, {
      actorId: null,
      action: 'tenant.create',
      target: name,
      result: 'success',
      address: null,
      client: 'command line',
      details: { administrator: administrator.memberId },
    });
  });
  return { tenantId, administratorId };
}
