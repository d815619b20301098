import { useCallback, useState } from 'react';
import { problemOf, useExplain } from '../app/explain.ts';

/** Asks the agent for something and keeps, as a sentence, why it did not happen. */
export function useAsk(): {
  readonly problem: string | null;
  readonly dismiss: () => void;
  readonly ask: (what: Promise<unknown> | undefined) => void;
} {
  const explain = useExplain();
  const [problem, setProblem] = useState<string | null>(null);
  const ask = useCallback(
    (what: Promise<unknown> | undefined) => {
      setProblem(null);
      what?.catch((error: unknown) => setProblem(explain(problemOf(error))));
    },
    [explain],
  );
  return { problem, dismiss: useCallback(() => setProblem(null), []), ask };
}
