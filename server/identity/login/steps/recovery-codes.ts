import type { Services } from '../../../context.ts';
import type { SecondFactors } from '../../second-factor/second-factors.ts';
import type { LoginStep } from '../state.ts';
import { ownerOf } from './code.ts';

/** After the first method was set up: codes for the day when it is not at hand, shown once. */
export function recoveryCodesStep({ database }: Pick<Services, 'database'>, { recoveryCodes }: SecondFactors): LoginStep {
  return {
    name: 'recovery_codes',
    need: async (state) => {
      if (state.progress.recoveryCodes !== 'due') return null;
      const codes = await database.transaction().execute((transaction) => recoveryCodes.renew(transaction, ownerOf(state)));
      return { need: { type: 'recovery_codes', codes } };
    },
    answer: async (_state, answer) => (answer.type === 'recovery_codes_kept' ? { progress: { recoveryCodes: 'kept' } } : null),
  };
}
