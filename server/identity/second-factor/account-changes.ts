import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { KnownNotice } from '#shared/model/notice.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { AppendAudit, AuditRecord, Database, Notify, RequestContext, Services } from '../../context.ts';
import { hasSecondFactor, readFactors } from './factors.ts';
import type { FactorOwner } from './owner.ts';
import type { SecondFactors } from './second-factors.ts';

/** What a change of one's own security comes to. */
export interface Changed<T> {
  readonly value: T;
  /** For the audit log: names, never secrets. */
  readonly details?: AuditRecord['details'];
  /** What its owner is told, in case it was not them. */
  readonly notice?: KnownNotice;
}

/** Runs a change of somebody's own security with its notice and its audit entry; what was refused is in the log too. */
export type ChangeSecurity = <T>(
  context: RequestContext,
  action: string,
  run: (transaction: Database, owner: FactorOwner) => Promise<Changed<T>>,
) => Promise<T>;

export function securityChanges(
  { database }: Pick<Services, 'database'>,
  { audit, notify }: { readonly audit: AppendAudit; readonly notify: Notify },
): ChangeSecurity {
  return async (context, action, run) => {
    const { tenantId, member } = context;
    const record = (result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
      actorId: member.id,
      action,
      target: member.id,
      result,
      address: context.address,
      client: context.session.kind,
      details: { memberId: member.memberId, ...details },
    });
    try {
      const { value, announce } = await database.transaction().execute(async (transaction) => {
        const changed = await run(transaction, ownerOf(context));
        const told = changed.notice === undefined ? null : await notify(transaction, tenantId, member.id, changed.notice);
        await audit(transaction, tenantId, record('success', changed.details ?? {}));
        return { value: changed.value, announce: told };
      });
      announce?.();
      return value;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== undefined) await database.transaction().execute((entry) => audit(entry, tenantId, record('denied', { reason })));
      throw error;
    }
  };
}

export const ownerOf = ({ tenantId, member }: RequestContext): FactorOwner => ({ tenantId, memberId: member.id });

/** After a method was set up: recovery codes, where there are none yet. */
export async function firstRecoveryCodes(
  transaction: Database,
  owner: FactorOwner,
  { recoveryCodes, mailCodes }: Pick<SecondFactors, 'recoveryCodes' | 'mailCodes'>,
): Promise<string[] | null> {
  const { recoveryCodesLeft } = await readFactors(transaction, owner, mailCodes.available);
  return recoveryCodesLeft > 0 ? null : recoveryCodes.renew(transaction, owner);
}

/**
 * After a method was removed: the last one stays where the rules want one (`conflict` with `two_step_required`, which undoes it); where they do
 * not, its recovery codes go with it.
 */
export async function afterRemoval(
  transaction: Database,
  owner: FactorOwner,
  { twoStep }: Policy,
  { recoveryCodes, mailCodes }: Pick<SecondFactors, 'recoveryCodes' | 'mailCodes'>,
): Promise<void> {
  const left = await readFactors(transaction, owner, mailCodes.available);
  const { totp, emailCode, passkeys } = left;
  const allowed = { totp, email: emailCode, passkey: passkeys > 0 };
  if (twoStep.required && !twoStep.methods.some((method) => allowed[method])) {
    throw new AppError('conflict', 'The rules want a second step', { details: { reason: 'two_step_required' } });
  }
  if (!hasSecondFactor(left)) await recoveryCodes.remove(transaction, owner);
}

/** Throws `denied` with `factor_not_allowed` for a method that the rules leave out. */
export function requireAllowed(allowed: boolean): void {
  if (!allowed)
    throw new AppError('denied', 'The rules leave this method out', { details: { reason: 'factor_not_allowed', rule: 'ACC-20' } });
}
