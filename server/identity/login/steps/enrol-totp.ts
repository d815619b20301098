import type { AppendAudit, Services } from '../../../context.ts';
import type { SecondFactors } from '../../second-factor/second-factors.ts';
import type { LoginStep } from '../state.ts';
import { judgeSecondStep, ownerOf } from './code.ts';

/** ACC-20: who must have a second step and has none sets up a TOTP program on the way in. */
export function enrolTotpStep(
  services: Pick<Services, 'database' | 'clock'>,
  { totp, mailCodes }: SecondFactors,
  { audit }: { readonly audit: AppendAudit },
): LoginStep {
  return {
    name: 'enrol_totp',
    need: async (state) => {
      const { second } = await judgeSecondStep(services, state, mailCodes.available);
      if (second.kind !== 'enrol') return null;
      const { secret, uri, sealed } = totp.newKey(ownerOf(state), state.member.memberId);
      return { need: { type: 'enrol_totp', secret, uri }, keep: { enrolling: sealed } };
    },
    answer: async (state, answer) => {
      const sealed = state.progress.enrolling;
      if (answer.type !== 'enrol_totp' || sealed === null) return null;
      return {
        progress: { factor: 'totp', enrolling: null, recoveryCodes: 'due' },
        apply: async (transaction) => {
          await totp.enrol(transaction, ownerOf(state), sealed, answer.code);
          await audit(transaction, state.tenantId, {
            actorId: state.member.id,
            action: 'account.totp.confirm',
            target: state.member.id,
            result: 'success',
            address: state.address,
            client: state.prover.kind,
            details: { memberId: state.member.memberId, atLogin: true },
          });
        },
      };
    },
  };
}
