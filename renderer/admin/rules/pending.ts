import type { RulesInForce } from './rules-context.tsx';
import { draftOf, same, valueAt, type RulePath } from './draft.ts';

type Pending = NonNullable<RulesInForce['pending']>;

/** What became of a change that waited: kept by somebody, or gone back by itself, as the rules in force tell. */
export function outcomeOf(pending: Pending, now: Pick<RulesInForce, 'policy' | 'pending'>): 'waiting' | 'kept' | 'rolled_back' {
  if (now.pending !== null) return 'waiting';
  const stands = Object.entries(draftOf(pending.patch)).every(([path, value]) => same(value, valueAt(now.policy, path as RulePath)));
  return stands ? 'kept' : 'rolled_back';
}

/** Whole seconds until the change takes itself back; never more than it was given, whatever this machine's clock says. */
export function secondsLeft({ at, revertsAt }: Pick<Pending, 'at' | 'revertsAt'>, now: number): number {
  return Math.max(0, Math.min(Math.ceil((revertsAt - now) / 1_000), Math.ceil((revertsAt - at) / 1_000)));
}

/** `1:05`. */
export const minutesAndSeconds = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
