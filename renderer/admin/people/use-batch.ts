import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { isCancelled } from '../app/console-link.ts';

/** One act on many members, one after the other. */
export interface Batch {
  /** Returns those for whom it worked. Stops where the person took it back. */
  readonly run: (
    members: readonly AdministeredMember[],
    act: (member: AdministeredMember) => Promise<unknown>,
  ) => Promise<readonly AdministeredMember[]>;
  readonly busy: boolean;
  /** For whom it did not work and why: the first by name, the others counted. */
  readonly problem: string | null;
  readonly clear: () => void;
}

export function useBatch(): Batch {
  const { t } = useTranslation('members');
  const client = useQueryClient();
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = useCallback<Batch['run']>(
    async (members, act) => {
      setBusy(true);
      setProblem(null);
      const done: AdministeredMember[] = [];
      const failed: string[] = [];
      for (const member of members) {
        try {
          await act(member);
          done.push(member);
        } catch (error) {
          if (isCancelled(error)) break;
          failed.push(t('failedSome', { name: member.name, why: explain(problemOf(error)) }));
        }
      }
      await client.invalidateQueries();
      setBusy(false);
      const [first, ...others] = failed;
      if (first !== undefined) setProblem(others.length === 0 ? first : `${first} ${t('failedMore', { count: others.length })}`);
      return done;
    },
    [client, explain, t],
  );
  const clear = useCallback(() => setProblem(null), []);
  return { run, busy, problem, clear };
}
