import { AppError } from '#shared/base/errors.ts';
import type { AppendAudit, Services } from '../context.ts';
import { findMember } from './members.ts';
import { parseMemberName } from './member-name.ts';
import { setPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import { removeSecondFactors } from './second-factor/reset-two-step.ts';
import type { Sessions } from './sessions.ts';

export interface Unlocked {
  /** As one logs in: `member@tenant`. */
  readonly member: string;
  /** The state before. */
  readonly before: string;
  readonly ended: number;
}

/**
 * The last resort, on the server's own machine (ACC-05): lifts any suspension or delay of a member; where asked for, sets a new password, good for
 * one login (ACC-08), which ends all sessions, and takes lost second steps away (ACC-20). Throws `not_found` for a member who does not exist or is deleted.
 */
export async function unlockMember(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit, sessions }: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'endAll'> },
  { name, password, resetTwoStep = false }: { readonly name: string; readonly password: string | null; readonly resetTwoStep?: boolean },
): Promise<Unlocked> {
  const parsed = parseMemberName(name);
  if (parsed?.tenantName == null) throw new AppError('invalid', `${name} is not of the form member@tenant`);
  const { memberId, tenantName } = parsed;
  const passwordHash = password === null ? null : await hashPassword(password);
  return database.transaction().execute(async (transaction) => {
    const tenant = await transaction.selectFrom('tenants').select('id').where('name', '=', tenantName).executeTakeFirst();
    if (tenant === undefined) throw new AppError('not_found', `There is no tenant ${tenantName}`);
    const member = await findMember(transaction, tenant.id, memberId).catch((cause: unknown) => {
      throw new AppError('not_found', `There is no member ${memberId} in ${tenantName}`, { cause });
    });
    if (member.state === 'deleted') throw new AppError('not_found', `${memberId} is deleted`);
    const suspended = member.state === 'suspended' || member.state === 'suspended_failures';
    // The delay of a supreme administrator goes too.
    const cleared = { failed_logins: 0, last_failed_at: null, ...(suspended ? { state: 'active' } : {}) };
    await transaction.updateTable('members').set(cleared).where('tenant_id', '=', tenant.id).where('id', '=', member.id).execute();
    if (passwordHash !== null) {
      const checked = { hash: passwordHash, replaces: member.password_hash };
      await setPassword(transaction, { tenantId: tenant.id, id: member.id }, checked, { now: clock.now(), due: 'reset' });
    }
    if (resetTwoStep) await removeSecondFactors(transaction, { tenantId: tenant.id, memberId: member.id });
    const ended = passwordHash === null ? [] : await sessions.endAll(transaction, tenant.id, member.id, 'password_changed');
    await audit(transaction, tenant.id, {
      actorId: null,
      action: 'member.unlock',
      target: member.id,
      result: 'success',
      address: null,
      client: 'command line',
      details: { memberId, before: member.state, newPassword: passwordHash !== null, resetTwoStep, ended: ended.length },
    });
    return { member: `${memberId}@${tenantName}`, before: member.state, ended: ended.length };
  });
}
