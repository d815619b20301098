import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { assert } from '#shared/base/assert.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { AdminRulesContract } from '#shared/contract/admin-rules.ts';
import type { Policy } from '#shared/model/policy.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { isCancelled } from '../app/console-link.ts';
import { useIdentity } from '../app/identity.ts';
import { useAnswer, useAsk } from '../app/use-server.tsx';
import { changed, differences, partOf, patchOf, rebased, withDraft, without, type Draft, type RulePath, type RuleValue } from './draft.ts';

export type RulesInForce = OutputOf<AdminRulesContract, 'policy.get'>;

/** Changes that are not saved, whose they are, and the rules that they began from. */
interface Unsaved {
  readonly owner: string;
  readonly draft: Draft;
  readonly revision: number;
  readonly policy: Policy;
}
interface Held {
  readonly unsaved: Unsaved | null;
  readonly hold: (change: (now: Unsaved | null) => Unsaved | null) => void;
}
const HeldContext = createContext<Held | null>(null);

/** Keeps unsaved rules while somebody goes from screen to screen; must stand once around the console. */
export function DraftProvider({ children }: { children: ReactNode }) {
  const [unsaved, hold] = useState<Unsaved | null>(null);
  const value = useMemo(() => ({ unsaved, hold }), [unsaved]);
  return <HeldContext.Provider value={value}>{children}</HeldContext.Provider>;
}

/** The rules in force with the changes on top that were not saved yet. */
export interface Rules {
  readonly revision: number;
  readonly inForce: Policy;
  /** A change waits to be confirmed: until then nothing else is saved (NET-08). */
  readonly waiting: boolean;
  /** All unsaved changes, of every screen. */
  readonly draft: Draft;
  /** `inForce` with the draft on top. */
  readonly shown: Policy;
  readonly change: <P extends RulePath>(path: P, value: RuleValue<P>) => void;
  readonly discard: (sections: readonly string[]) => void;
  /** What others changed since the draft began, with the rules from before; null unless they changed something that the draft changes too. */
  readonly conflict: { readonly before: Policy; readonly theirs: readonly RulePath[] } | null;
  /** Takes the rules as they are now for the ground of the draft. */
  readonly reapply: () => void;
  /** Saves what belongs to the sections. Answers the rules before and after, or why not; null when the person took it back. */
  readonly save: (sections: readonly string[], confirmWithinSeconds?: number) => Promise<Saved | null>;
}
export type Saved =
  | { readonly kind: 'saved'; readonly before: Policy; readonly part: Draft; readonly rules: RulesInForce }
  | { readonly kind: 'refused'; readonly why: string }
  /** The rules are others now; the screen shows what changed. */
  | { readonly kind: 'conflict' };

const key = ['policy.get', {}] as const;

/** The rules that a draft is saved over: those in force, unless somebody changed what the draft changes; then those that it began from. */
function groundOf(unsaved: Unsaved, now: RulesInForce | undefined): { readonly revision: number; readonly policy: Policy } {
  if (now === undefined) return unsaved;
  return differences(unsaved.policy, now.policy).some((path) => path in unsaved.draft) ? unsaved : now;
}

/** The rules; null until they have come. */
export function useRules(): Rules | null {
  const held = useContext(HeldContext);
  assert(held !== null, 'a DraftProvider stands around the console');
  const { data } = useAnswer('policy.get', {});
  const { member } = useIdentity();
  const ask = useAsk();
  const client = useQueryClient();
  const explain = useExplain();
  const { hold } = held;
  const unsaved = held.unsaved?.owner === member.id ? held.unsaved : null;

  const save = useCallback(
    async (sections: readonly string[], confirmWithinSeconds?: number): Promise<Saved | null> => {
      if (unsaved === null) return null;
      const part = partOf(unsaved.draft, sections);
      const set = (revision: number) =>
        ask('policy.set', {
          patch: patchOf(part),
          revision,
          ...(confirmWithinSeconds === undefined ? {} : { confirmWithinSeconds }),
        });
      let before = groundOf(unsaved, client.getQueryData<RulesInForce>(key));
      try {
        const rules = await set(before.revision).catch(async (error: unknown) => {
          if (problemOf(error).reason !== 'revision_changed') throw error;
          await client.refetchQueries({ queryKey: key });
          const now = groundOf(unsaved, client.getQueryData<RulesInForce>(key));
          // Others changed something else: that is no conflict, and their change stays.
          if (now.revision === before.revision) throw error;
          before = now;
          return set(now.revision);
        });
        client.setQueryData(key, rules);
        hold((now) => {
          const rest = rebased(without(now?.draft ?? {}, part), rules.policy);
          return Object.keys(rest).length === 0 ? null : { owner: member.id, draft: rest, revision: rules.revision, policy: rules.policy };
        });
        void client.invalidateQueries();
        return { kind: 'saved', before: before.policy, part, rules };
      } catch (error) {
        if (isCancelled(error)) return null;
        const problem = problemOf(error);
        if (problem.reason !== 'revision_changed') return { kind: 'refused', why: explain(problem) };
        await client.refetchQueries({ queryKey: key });
        return { kind: 'conflict' };
      }
    },
    [unsaved, ask, client, hold, member.id, explain],
  );

  return useMemo(() => {
    if (data === undefined) return null;
    const { revision, policy: inForce } = data;
    const draft = unsaved?.draft ?? {};
    const ground = (now: Unsaved | null): Unsaved =>
      now?.owner === member.id ? now : { owner: member.id, draft: {}, revision, policy: inForce };
    const kept = (next: Unsaved): Unsaved | null => (Object.keys(next.draft).length === 0 ? null : next);
    const theirs = unsaved === null || unsaved.revision === revision ? [] : differences(unsaved.policy, inForce);
    const crossed = theirs.some((path) => path in draft);
    return {
      revision,
      inForce,
      waiting: data.pending !== null,
      draft,
      shown: withDraft(inForce, draft),
      change: (path, value) =>
        hold((now) => {
          const from = ground(now);
          return kept({ ...from, draft: changed(from.draft, from.policy, path, value) });
        }),
      discard: (sections) =>
        hold((now) => kept({ ...ground(now), draft: without(ground(now).draft, partOf(ground(now).draft, sections)) })),
      conflict: unsaved === null || !crossed ? null : { before: unsaved.policy, theirs },
      reapply: () => hold((now) => kept({ ...ground(now), draft: rebased(ground(now).draft, inForce), revision, policy: inForce })),
      save,
    };
  }, [data, unsaved, hold, member.id, save]);
}
