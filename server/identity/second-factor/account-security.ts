import type { AccountSecurity } from '#shared/contract/account.ts';
import { newPasswordRules } from '#shared/policy/password.ts';
import type { RequestContext, Services } from '../../context.ts';
import { passwordExpiresAt } from '../password-rules.ts';
import { freshMs } from '../session-rows.ts';
import { ownerOf } from './account-changes.ts';
import { hasSecondFactor, readFactors } from './factors.ts';
import type { SecondFactors } from './second-factors.ts';

/** Accounts elsewhere that open this one (ACC-26). */
export type LinkedIdentities = (tenantId: string, memberId: string) => Promise<AccountSecurity['identities']>;

/** How one's own account is secured (`account.security`). */
export function describeSecurity(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { factors, identities }: { readonly factors: SecondFactors; readonly identities: LinkedIdentities },
): (input: object, context: RequestContext) => Promise<AccountSecurity> {
  const { mailCodes, passkeys } = factors;
  return async (_input, context) => {
    const { tenantId, policy } = context;
    const owner = ownerOf(context);
    const now = clock.now();
    const member = await database
      .selectFrom('members')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', owner.memberId)
      .executeTakeFirstOrThrow();
    const session = await database
      .selectFrom('sessions')
      .select(['proven_at', 'created_at'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', context.session.id)
      .executeTakeFirstOrThrow();
    const devices = await database
      .selectFrom('devices')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', owner.memberId)
      .where('trusted_until', '>', now)
      .orderBy('trusted_at', 'desc')
      .execute();
    const mine = await readFactors(database, owner, mailCodes.available);
    const works = { totp: true, email: mailCodes.available, passkey: passkeys.available };
    return {
      password: {
        set: member.password_hash !== null,
        changedAt: member.password_set_at,
        expiresAt: passwordExpiresAt(member, policy),
        changeRequested: member.password_due === 'requested',
        rules: newPasswordRules(policy.password),
      },
      email: { address: member.email, verified: member.email_verified_at !== null },
      twoStep: {
        required: policy.twoStep.required,
        enabled: hasSecondFactor(mine),
        allowed: policy.twoStep.methods.filter((method) => works[method]),
        totp: mine.totp,
        emailCode: mine.emailCode,
        passkeys: await passkeys.list(owner),
        recoveryCodesLeft: mine.recoveryCodesLeft,
      },
      trustedDevices: policy.twoStep.trustDevices
        ? devices.flatMap(({ id, name, platform, trusted_at: verifiedAt, trusted_until: until }) =>
            verifiedAt === null || until === null ? [] : [{ id, name, platform, verifiedAt, until }],
          )
        : [],
      identities: await identities(tenantId, owner.memberId),
      freshUntil: (session.proven_at ?? session.created_at) + freshMs,
    };
  };
}
