import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { LoginAnswer } from '#shared/contract/login.ts';
import type { Notify, Services } from '../../../context.ts';
import { hasSecondFactor, readFactors, secondStep, type CodeMethod } from '../../second-factor/factors.ts';
import { maskAddress } from '../../second-factor/mail-codes.ts';
import { wrongCode, type FactorOwner } from '../../second-factor/owner.ts';
import type { SecondFactors } from '../../second-factor/second-factors.ts';
import type { Advance, LoginState, LoginStep, Progress } from '../state.ts';

const dayMs = 86_400_000;

/** What a login still needs of a second step, by the rules and by what its member has set up. */
export async function judgeSecondStep({ database, clock }: Pick<Services, 'database' | 'clock'>, state: LoginState, canMail: boolean) {
  const { twoStep: rules } = state.rules.policy;
  const factors = await readFactors(database, ownerOf(state), canMail);
  const { trust } = state;
  const now = clock.now();
  // Fewer days bind at once; no trusted devices at all, too.
  const trusted = trust !== null && rules.trustDevices && now < trust.trustedUntil && now < trust.trustedAt + rules.trustDays * dayMs;
  const { factor: passed, delegated } = state.progress;
  const request = { factors, rules, kind: state.prover.kind, abroad: state.abroad, trusted, passed, delegated };
  return { factors, second: secondStep(request) };
}

export const ownerOf = ({ tenantId, member }: LoginState): FactorOwner => ({ tenantId, memberId: member.id });

const impossible = (reason: string): AppError =>
  new AppError('denied', `No second step is possible: ${reason}`, {
    details: { reason, rule: reason === 'country_unverified' ? 'NET-03' : 'ACC-20' },
  });

/** ACC-20, NET-03: a code, a passkey or a recovery code as the second step. */
export function codeStep(
  services: Pick<Services, 'database' | 'clock'>,
  { totp, mailCodes, recoveryCodes, passkeys }: SecondFactors,
  { notify }: { readonly notify: Notify },
): LoginStep {
  const judge = (state: LoginState) => judgeSecondStep(services, state, mailCodes.available);
  const purposeOf = ({ id }: LoginState): string => `login ${id}`;

  const proving = async (state: LoginState, answer: Extract<LoginAnswer, { type: 'code' }>): Promise<Advance> => {
    const owner = ownerOf(state);
    switch (answer.method) {
      case 'totp':
        return { apply: (transaction) => totp.spend(transaction, owner, answer.code) };
      case 'recovery': {
        let announce = (): void => undefined;
        return {
          apply: async (transaction) => {
            await recoveryCodes.spend(transaction, owner, answer.code);
            const { recoveryCodesLeft: left } = await readFactors(transaction, owner, mailCodes.available);
            announce = await notify(transaction, owner.tenantId, owner.memberId, { kind: 'recovery_code_used', facts: { left } });
          },
          applied: () => announce(),
        };
      }
      case 'email':
        await mailCodes.countTry(owner, 'login', state.id);
        return { apply: async (transaction) => void (await mailCodes.spend(transaction, owner, 'login', state.id, answer.code)) };
      default:
        return assertNever(answer.method, 'method');
    }
  };
  const trusting = (state: LoginState, wish: boolean, why: 'two_step' | 'country'): boolean =>
    wish && why === 'two_step' && state.rules.policy.twoStep.trustDevices;

  return {
    name: 'code',
    need: async (state) => {
      const { factors, second } = await judge(state);
      if (second.kind === 'impossible') {
        // A rule that nobody can keep would shut everybody out: who alone can change it comes in without (as NET-05).
        const wayBack = second.reason === 'two_step_unavailable' && state.member.role === 'supreme' && !hasSecondFactor(factors);
        if (wayBack) return null;
        throw impossible(second.reason);
      }
      if (second.kind !== 'code') return null;
      const { why } = second;
      // Where the address of this server cannot have passkeys any more, they are no way in.
      const methods: CodeMethod[] = second.methods.filter((method) => method !== 'passkey' || passkeys.available);
      if (methods.length === 0) throw impossible('two_step_unavailable');
      const { trustDevices, trustDays } = state.rules.policy.twoStep;
      return {
        need: {
          type: 'code',
          why,
          methods,
          email: methods.includes('email') && factors.email !== null ? maskAddress(factors.email) : null,
          trustDays: why === 'two_step' && trustDevices ? trustDays : null,
          ...(methods.includes('passkey') ? { passkey: await passkeys.beginUse(ownerOf(state), purposeOf(state)) } : {}),
        },
      };
    },
    answer: async (state, answer) => {
      if (answer.type !== 'code' && answer.type !== 'passkey' && answer.type !== 'send_code') return null;
      const { factors, second } = await judge(state);
      if (second.kind !== 'code') return {};
      if (answer.type === 'send_code') {
        if (!second.methods.includes('email') || factors.email === null) throw wrongCode();
        await mailCodes.send(ownerOf(state), { purpose: 'login', use: state.id, address: factors.email });
        return {};
      }
      const method = answer.type === 'passkey' ? 'passkey' : answer.method;
      if (!second.methods.includes(method)) throw wrongCode();
      const progress: Partial<Progress> = { factor: method, trust: trusting(state, answer.trustDevice, second.why) };
      if (answer.type === 'passkey') {
        await passkeys.finishUse(ownerOf(state), purposeOf(state), answer.response);
        return { progress };
      }
      return { progress, ...(await proving(state, answer)) };
    },
  };
}
