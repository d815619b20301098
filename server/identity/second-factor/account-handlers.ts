import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../../context.ts';
import { afterRemoval, firstRecoveryCodes, ownerOf, requireAllowed, type ChangeSecurity } from './account-changes.ts';
import { hasSecondFactor, readFactors } from './factors.ts';
import type { SecondFactors } from './second-factors.ts';

export type AccountHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  | 'account.totp.begin'
  | 'account.totp.confirm'
  | 'account.totp.remove'
  | 'account.email.set'
  | 'account.email.confirm'
  | 'account.emailCode.set'
  | 'account.recoveryCodes.renew'
  | 'account.passkey.begin'
  | 'account.passkey.finish'
  | 'account.passkey.remove'
  | 'account.trustedDevice.remove'
>;

const missing = (what: string): AppError => new AppError('not_found', `No such ${what}`);

/** What members do to the second steps of their own account (ACC-20…28). Which of it is fresh, the gate asks. */
export function accountHandlers(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { factors, change }: { readonly factors: SecondFactors; readonly change: ChangeSecurity },
): AccountHandlers {
  const { totp, recoveryCodes, mailCodes, passkeys } = factors;
  const namesOf = (context: RequestContext) =>
    database
      .selectFrom('members')
      .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
      .select(['members.name', 'members.member_id as member', 'tenants.name as tenant'])
      .where('members.tenant_id', '=', context.tenantId)
      .where('members.id', '=', context.member.id)
      .executeTakeFirstOrThrow();
  const emailCodesOf = (enabled: boolean) => ({ email_codes: enabled ? 1 : 0 });

  return {
    'account.totp.begin': async (_input, context) => {
      requireAllowed(context.policy.twoStep.methods.includes('totp'));
      const { member, tenant } = await namesOf(context);
      const { secret, uri, sealed } = totp.newKey(ownerOf(context), `${member}@${tenant}`);
      await totp.begin(ownerOf(context), sealed);
      return { secret, uri };
    },
    'account.totp.confirm': ({ code }, context) =>
      change(context, 'account.totp.confirm', async (transaction, owner) => {
        requireAllowed(context.policy.twoStep.methods.includes('totp'));
        await totp.confirm(transaction, owner, code);
        const codes = await firstRecoveryCodes(transaction, owner, factors);
        return { value: { recoveryCodes: codes }, notice: { kind: 'totp_on', facts: {} } };
      }),
    'account.totp.remove': (_input, context) =>
      change(context, 'account.totp.remove', async (transaction, owner) => {
        if (!(await totp.remove(transaction, owner))) throw missing('authenticator');
        await afterRemoval(transaction, owner, context.policy, factors);
        return { value: {}, notice: { kind: 'totp_off', facts: {} } };
      }),

    'account.email.set': async ({ address }, context) => {
      await mailCodes.send(ownerOf(context), { purpose: 'address', use: '', address });
      return {};
    },
    'account.email.confirm': async ({ code }, context) => {
      await mailCodes.countTry(ownerOf(context), 'address', '');
      return change(context, 'account.email.confirm', async (transaction, owner) => {
        const address = await mailCodes.spend(transaction, owner, 'address', '', code);
        await transaction
          .updateTable('members')
          .set({ email: address, email_verified_at: clock.now() })
          .where('tenant_id', '=', owner.tenantId)
          .where('id', '=', owner.memberId)
          .execute();
        return { value: {}, notice: { kind: 'email_changed', facts: { address } } };
      });
    },
    'account.emailCode.set': ({ enabled }, context) =>
      change(context, 'account.emailCode.set', async (transaction, owner) => {
        requireAllowed(!enabled || context.policy.twoStep.methods.includes('email'));
        const { email, emailVerified } = await readFactors(transaction, owner, mailCodes.available);
        if (enabled && (email === null || !emailVerified)) {
          throw new AppError('conflict', 'No address was verified', { details: { reason: 'email_unverified' } });
        }
        await transaction
          .updateTable('members')
          .set(emailCodesOf(enabled))
          .where('tenant_id', '=', owner.tenantId)
          .where('id', '=', owner.memberId)
          .execute();
        const details = { enabled };
        if (enabled) {
          const codes = await firstRecoveryCodes(transaction, owner, factors);
          return { value: { recoveryCodes: codes }, details, notice: { kind: 'email_codes_on', facts: {} } };
        }
        await afterRemoval(transaction, owner, context.policy, factors);
        return { value: { recoveryCodes: null }, details, notice: { kind: 'email_codes_off', facts: {} } };
      }),

    'account.recoveryCodes.renew': (_input, context) =>
      change(context, 'account.recoveryCodes.renew', async (transaction, owner) => {
        if (!hasSecondFactor(await readFactors(transaction, owner, mailCodes.available))) {
          throw new AppError('conflict', 'There is no second step', { details: { reason: 'two_step_off' } });
        }
        const codes = await recoveryCodes.renew(transaction, owner);
        return { value: { recoveryCodes: codes }, notice: { kind: 'recovery_codes_renewed', facts: {} } };
      }),

    'account.passkey.begin': async (_input, context) => {
      requirePasskeys(context);
      const { member, tenant, name } = await namesOf(context);
      const options = await passkeys.beginEnrolment(ownerOf(context), { login: `${member}@${tenant}`, name }, enrolment(context));
      return { options };
    },
    'account.passkey.finish': async ({ name, response }, context) => {
      requirePasskeys(context);
      const failing = passkeys.finishEnrolment(ownerOf(context), enrolment(context), response, name);
      const enrol = await failing.catch((error: unknown) => () => Promise.reject(error as Error));
      return change(context, 'account.passkey.finish', async (transaction, owner) => {
        const passkey = await enrol(transaction);
        const codes = await firstRecoveryCodes(transaction, owner, factors);
        const value = { passkey, recoveryCodes: codes };
        return { value, details: { passkey: passkey.id, name }, notice: { kind: 'passkey_added', facts: { name } } };
      });
    },
    'account.passkey.remove': ({ id }, context) =>
      change(context, 'account.passkey.remove', async (transaction, owner) => {
        const name = await passkeys.remove(transaction, owner, id);
        if (name === null) throw missing('passkey');
        await afterRemoval(transaction, owner, context.policy, factors);
        return { value: {}, details: { passkey: id, name }, notice: { kind: 'passkey_removed', facts: { name } } };
      }),

    'account.trustedDevice.remove': ({ id }, context) =>
      change(context, 'account.trustedDevice.remove', async (transaction, { tenantId, memberId }) => {
        const row = await transaction
          .updateTable('devices')
          .set({ trusted_at: null, trusted_until: null })
          .where('tenant_id', '=', tenantId)
          .where('member_id', '=', memberId)
          .where('id', '=', id)
          .returning('name')
          .executeTakeFirst();
        if (row === undefined) throw missing('device');
        return { value: {}, details: { deviceId: id, device: row.name } };
      }),
  };
}

const enrolment = ({ session }: RequestContext): string => `enrol ${session.id}`;

/** As a second step, or as a way to log in: one of them must be allowed. */
function requirePasskeys({ policy }: RequestContext): void {
  requireAllowed(policy.twoStep.methods.includes('passkey') || policy.loginMethods.passkey);
}
