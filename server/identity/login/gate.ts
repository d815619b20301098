import { deny, type Decision } from '#shared/model/decision.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';
import { decide } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, PublicContext, Services } from '../../context.ts';
import type { PolicyReader, RulesInForce } from '../../store/policies.ts';
import { findTrust } from '../devices.ts';
import { passkeyMethod, type LoginMember, type LoginState } from './state.ts';

/** Makes the audit entries of a login. `target` is the member as one types it. */
export const loginRecord =
  (actorId: string, target: string, kind: ClientKind, { address, country }: PublicContext) =>
  (result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
    actorId,
    action: 'session.login',
    target,
    result,
    address,
    client: kind,
    // NET-10: kept as it was known then; where it was not, the access history looks again.
    details: country === null ? details : { ...details, country },
  });

/** A login before the rules, its member and its device were looked at. */
export type UnjudgedLogin = Omit<LoginState, 'member' | 'rules' | 'abroad' | 'trust' | 'address'>;
/** The login as it is now. Throws what the gate denies, after an audit entry; a country that wants a code (NET-03) is a step, no refusal. */
export type JudgeLogin = (login: UnjudgedLogin, member: LoginMember, context: PublicContext) => Promise<LoginState>;

export function makeLoginGate(
  { database }: Pick<Services, 'database'>,
  { policies, audit }: { readonly policies: PolicyReader; readonly audit: AppendAudit },
): JudgeLogin {
  return async (login, member, context) => {
    const { tenantId, prover } = login;
    const rules = await policies.current(tenantId);
    const decision =
      login.method === passkeyMethod && !rules.policy.loginMethods.passkey
        ? deny('login_method_denied', 'ACC-23')
        : judge(prover.kind, member, context, rules);
    const abroad = decision.effect === 'deny' && decision.reason === 'country_unverified';
    if (decision.effect === 'deny' && !abroad) {
      const record = loginRecord(member.id, member.memberId, prover.kind, context)('denied', { reason: decision.reason });
      await database.transaction().execute((transaction) => audit(transaction, tenantId, record));
      throw denial(decision);
    }
    const trust = await findTrust(database, { tenantId, memberId: member.id, ...prover });
    return { ...login, member, rules, abroad, trust, address: context.address };
  };
}

/** What the gate says to this member with a session of this kind. */
function judge(kind: ClientKind, member: LoginMember, context: PublicContext, { policy }: RulesInForce): Decision {
  return decide(
    {
      clientVersion: context.clientVersion,
      session: { kind, ended: false, verified: false },
      // No rule on logging in looks at rights or services.
      member: {
        id: member.id,
        state: member.state,
        appBlocked: member.appBlocked,
        role: member.role,
        rights: [],
        templateId: defaultTemplateId,
      },
      address: context.address,
      country: context.country,
      act: { kind: 'call', access: 'public' },
    },
    policy,
  );
}
