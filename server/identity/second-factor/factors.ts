import type { SecondFactor } from '#shared/model/rules-account.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { Database } from '../../context.ts';
import type { FactorOwner } from './owner.ts';

/** What a member has set up besides the password. */
export interface Factors {
  readonly totp: boolean;
  /** Codes by e-mail, chosen by themselves, with an address that was verified. */
  readonly emailCode: boolean;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
  /** The registered address; null where there is none, or no mail can be sent. */
  readonly email: string | null;
  readonly emailVerified: boolean;
}

/** Reads what a member has set up. `canMail`: whether the server can send codes at all. */
export async function readFactors(database: Database, { tenantId, memberId }: FactorOwner, canMail: boolean): Promise<Factors> {
  const count = async (query: Promise<{ count: number } | undefined>): Promise<number> => Number((await query)?.count ?? 0);
  const member = await database
    .selectFrom('members')
    .select(['email', 'email_verified_at', 'email_codes'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', memberId)
    .executeTakeFirstOrThrow();
  const totp = await database
    .selectFrom('totp_keys')
    .select('sealed')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  const passkeys = await count(
    database
      .selectFrom('passkeys')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .executeTakeFirst(),
  );
  const recoveryCodesLeft = await count(
    database
      .selectFrom('recovery_codes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .where('used_at', 'is', null)
      .executeTakeFirst(),
  );
  const email = canMail ? member.email : null;
  const emailVerified = member.email_verified_at !== null;
  return {
    totp: totp?.sealed != null,
    emailCode: member.email_codes !== 0 && emailVerified,
    passkeys,
    recoveryCodesLeft,
    email,
    emailVerified,
  };
}

/** Whether a member has two-step verification on, by any method. */
export const hasSecondFactor = ({ totp, emailCode, passkeys }: Factors): boolean => totp || emailCode || passkeys > 0;

export type CodeMethod = 'totp' | 'email' | 'recovery' | 'passkey';

/** What a login must ask for. */
export type SecondStep =
  | { readonly kind: 'none' }
  | { readonly kind: 'code'; readonly why: 'two_step' | 'country'; readonly methods: readonly CodeMethod[] }
  | { readonly kind: 'enrol' }
  /** Nothing that they have or could have would do: the reason, for people. */
  | { readonly kind: 'impossible'; readonly reason: 'country_unverified' | 'two_step_elsewhere' | 'two_step_unavailable' };

export interface SecondStepRequest {
  readonly factors: Factors;
  readonly rules: Policy['twoStep'];
  readonly kind: ClientKind;
  /** NET-03: the rules want a code because of the country. */
  readonly abroad: boolean;
  readonly trusted: boolean;
  /** The factor that was passed in this login, or null. */
  readonly passed: CodeMethod | null;
  /** An identity provider asked for more than a password: two-step verification was its to do, the country check stays ours. */
  readonly delegated: boolean;
}

/**
 * ACC-20, NET-03: what a login still needs of a second step. A trusted device skips two-step verification, never the country check. A method that
 * the rules leave out by now still proves who it is (a narrower rule never makes a login easier); where a second step is required, one that they
 * take is set up then. Who has none sets one up, or gets a code at the registered address where the rules leave only that.
 */
export function secondStep({ factors, rules, kind, abroad, trusted, passed, delegated }: SecondStepRequest): SecondStep {
  const allows = (method: SecondFactor): boolean => rules.methods.includes(method);
  const any = (): boolean => true;
  const allowed = methodsOf(factors, kind, allows);
  const mine = allowed.length > 0 ? allowed : methodsOf(factors, kind, any);
  const wanted = (rules.required || hasSecondFactor(factors)) && !trusted && !delegated;
  if (abroad && passed === null) {
    const methods = wanted && mine.length > 0 ? mine : methodsOf(factors, kind, any, true);
    return methods.length === 0 ? { kind: 'impossible', reason: 'country_unverified' } : { kind: 'code', why: 'country', methods };
  }
  if (!wanted) return { kind: 'none' };
  if (passed === null && hasSecondFactor(factors)) {
    if (mine.length > 0) return { kind: 'code', why: 'two_step', methods: mine };
    return { kind: 'impossible', reason: factors.passkeys > 0 ? 'two_step_elsewhere' : 'two_step_unavailable' };
  }
  const done = passed === 'passkey' || (passed === 'email' && allows('email'));
  if (!rules.required || done || has(factors, allows)) return { kind: 'none' };
  if (allows('totp')) return { kind: 'enrol' };
  if (passed !== null) return { kind: 'none' };
  if (allows('email') && factors.email !== null) return { kind: 'code', why: 'two_step', methods: ['email'] };
  return { kind: 'impossible', reason: 'two_step_unavailable' };
}

/** Whether one of the methods is set up, in whatever program it works. */
const has = ({ totp, emailCode, passkeys }: Factors, allows: (method: SecondFactor) => boolean): boolean =>
  (totp && allows('totp')) || (emailCode && allows('email')) || (passkeys > 0 && allows('passkey'));

/** The methods that a member can answer with now. Recovery codes stand in for any that is set up; apps cannot sign with a passkey. */
function methodsOf(factors: Factors, kind: ClientKind, allows: (method: SecondFactor) => boolean, anyAddress = false): CodeMethod[] {
  const methods: CodeMethod[] = [];
  if (factors.totp && allows('totp')) methods.push('totp');
  if (factors.passkeys > 0 && allows('passkey') && kind === 'browser') methods.push('passkey');
  // Somebody whose only method is a passkey could not log in with an app otherwise.
  const onlyPasskeys = factors.passkeys > 0 && !factors.totp && kind !== 'browser' && factors.emailVerified;
  if (factors.email !== null && allows('email') && (factors.emailCode || onlyPasskeys || anyAddress)) methods.push('email');
  if (factors.recoveryCodesLeft > 0 && has(factors, allows)) methods.push('recovery');
  return methods;
}
