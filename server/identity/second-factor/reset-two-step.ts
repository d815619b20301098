import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, Database, Notify, RequestContext, Services } from '../../context.ts';
import { memberActs } from '../member-acts.ts';
import { hasSecondFactor, readFactors } from './factors.ts';
import type { FactorOwner } from './owner.ts';
import type { SecondFactors } from './second-factors.ts';

export type ResetTwoStepHandlers = Pick<Handlers<ServerContract, RequestContext>, 'member.resetTwoStep'>;

/** What can be a second step, and logins that wait for one. */
const tables = ['totp_keys', 'passkeys', 'recovery_codes', 'mail_codes', 'login_steps'] as const;

/** Takes everything away that can be a second step, and the trust that was built on it. */
export async function removeSecondFactors(transaction: Database, { tenantId, memberId }: FactorOwner): Promise<void> {
  for (const table of tables) {
    await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('member_id', '=', memberId).execute();
  }
  await transaction.updateTable('members').set({ email_codes: 0 }).where('tenant_id', '=', tenantId).where('id', '=', memberId).execute();
  await transaction
    .updateTable('devices')
    .set({ trusted_at: null, trusted_until: null })
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .execute();
}

/** An administrator helps somebody who lost their phone: the next login goes without, or sets up anew where the rules want a second step. */
export function resetTwoStepHandlers(
  { database }: Pick<Services, 'database'>,
  { audit, notify, factors }: { readonly audit: AppendAudit; readonly notify: Notify; readonly factors: SecondFactors },
): ResetTwoStepHandlers {
  const runMemberAct = memberActs(database, audit);
  return {
    'member.resetTwoStep': async ({ member: target }, context) => {
      let announce: (() => void) | null = null;
      await runMemberAct(context, {
        action: 'member.reset_two_step',
        target,
        // Who may take a second step away could as well set a password.
        acts: ['password'],
        run: async (transaction, row) => {
          const owner = { tenantId: context.tenantId, memberId: row.id };
          const { totp, emailCode, passkeys, ...rest } = await readFactors(transaction, owner, factors.mailCodes.available);
          if (!hasSecondFactor({ totp, emailCode, passkeys, ...rest })) return null;
          await removeSecondFactors(transaction, owner);
          announce = await notify(transaction, context.tenantId, row.id, { kind: 'two_step_reset', facts: {} });
          return { totp, emailCode, passkeys };
        },
      });
      (announce as (() => void) | null)?.();
      return {};
    },
  };
}
