import { reasonOf } from '#shared/base/errors.ts';
import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny, type Denial } from '#shared/model/decision.ts';
import { decide } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, PublicContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { Attempts } from './attempts.ts';
import { findLogin } from './login/find-login.ts';
import type { LoginFlow } from './login/flow.ts';
import { proverOf } from './login/prover.ts';
import type { Lockout } from './password-lockout.ts';
import type { Passwords } from './passwords.ts';

export interface LoginOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly lockout: Pick<Lockout, 'requireNoDelay' | 'failed'>;
  readonly flow: Pick<LoginFlow, 'openOrContinue'>;
}
type Login = (
  input: InputOf<ServerContract, 'session.login'>,
  context: PublicContext,
) => Promise<OutputOf<ServerContract, 'session.login'>>;

/**
 * Checks a password, the first factor; what comes after it is the flow's. An unknown member, an unknown tenant and a wrong password get the
 * same answer after the same work; what is wrong with the account is said only to those who know its password.
 */
export function makeLogin({ database }: Pick<Services, 'database'>, options: LoginOptions): Login {
  const { policies, audit, passwords, attempts, lockout, flow } = options;

  const note = (tenantId: string, record: AuditRecord): Promise<void> =>
    database.transaction().execute((transaction) => audit(transaction, tenantId, record));

  return async ({ member: typed, password, kind, device }, context) => {
    const prover = await proverOf(kind, context);
    const found = await findLogin(database, typed);
    const record = (result: AuditRecord['result'], reason: string | undefined): AuditRecord => ({
      actorId: found?.member?.id ?? null,
      action: 'session.login',
      target: (found?.memberId ?? typed).slice(0, 80),
      result,
      address: context.address,
      client: kind,
      details: context.country === null ? { reason } : { reason, country: context.country },
    });
    const refuse = async (decision: Denial): Promise<never> => {
      if (found !== null) await note(found.tenantId, record('denied', decision.reason));
      throw denial(decision);
    };
    if (found !== null) {
      const { policy } = await policies.current(found.tenantId);
      const { clientVersion, address, country } = context;
      const act = { kind: 'call', access: 'public' } as const;
      const before = decide({ session: null, member: null, clientVersion, address, country, act }, policy);
      if (before.effect === 'deny') return refuse(before);
    }
    const account = found === null ? typed.slice(0, 80) : `${found.tenantId} ${found.memberId}`;
    const limited = async (error: unknown): Promise<never> => {
      if (found !== null) await note(found.tenantId, record('denied', reasonOf(error)));
      throw error;
    };
    const attempt = await attempts.begin(context.address, account).catch(limited);
    const subject = found === null ? null : { tenantId: found.tenantId, memberId: found.member?.id ?? null };
    if (subject !== null) await lockout.requireNoDelay(subject).catch(limited);
    const holds = await passwords.verify(found?.member?.passwordHash ?? null, password);
    if (!holds || found?.member == null) {
      if (found !== null) await note(found.tenantId, record('failure', 'wrong_credentials'));
      if (subject !== null) await lockout.failed(subject, { address: context.address, kind });
      throw denial(deny('wrong_credentials', 'ACC-05'));
    }
    await attempt.succeeded();
    const who = { tenantId: found.tenantId, memberId: found.member.id, passwordHash: found.member.passwordHash };
    return flow.openOrContinue(who, { method: 'password', prover, device }, context);
  };
}
