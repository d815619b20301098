import type { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';

/** The rules in force, and a way to change one at once where it stands. */
export function useRules(): {
  readonly policy: Policy | undefined;
  readonly save: (patch: PolicyPatch) => void;
  readonly busy: boolean;
  readonly problem: string | null;
} {
  const rules = useAnswer('policy.get', {}).data;
  const act = useAct('policy.set');
  return {
    policy: rules?.policy,
    save: (patch) => void act.run({ patch, ...(rules === undefined ? {} : { revision: rules.revision }) }),
    busy: act.busy,
    problem: act.problem,
  };
}
