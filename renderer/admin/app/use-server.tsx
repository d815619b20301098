import { keepPreviousData, QueryClient, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useState } from 'react';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { z } from 'zod';
import { problemOf, useExplain } from '../../app/explain.ts';
import { isCancelled, type ConsoleLink } from './console-link.ts';

type Name = keyof ServerContract;
/** What a caller gives: fields with a default may be left out. */
type Given<K extends Name> = z.input<ServerContract[K]['input']>;
type Answer<K extends Name> = OutputOf<ServerContract, K>;
type Ask = <K extends Name>(name: K, input: Given<K>) => Promise<Answer<K>>;

const LinkContext = createContext<ConsoleLink | null>(null);
export const LinkProvider = LinkContext.Provider;

/** The way to the server. */
export function useLink(): ConsoleLink {
  const link = useContext(LinkContext);
  assert(link !== null, 'a LinkProvider stands around the console');
  return link;
}

/** Questions are kept under `[operation, input]` and asked again when a hint makes them doubtful. */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 300_000,
        networkMode: 'always',
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && error instanceof AppError && error.retry,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });

/** One call, typed by its name. */
export function useAsk(): Ask {
  const { api } = useLink();
  return useCallback<Ask>((name, input) => (api[name] as unknown as (given: typeof input) => Promise<never>)(input), [api]);
}

interface AnswerOptions {
  readonly enabled?: boolean;
  /** While another input's answer is on its way, the last one stays in view: nothing jumps while somebody types. */
  readonly keep?: boolean;
  /** Asked anew whenever it is opened: no hint tells of its changes. */
  readonly fresh?: boolean;
}

/** An operation's answer, kept up to date by the hints of the server. */
export function useAnswer<K extends Name>(name: K, input: Given<K>, options: AnswerOptions = {}): UseQueryResult<Answer<K>> {
  const ask = useAsk();
  return useQuery<Answer<K>>({
    queryKey: [name, input],
    queryFn: () => ask(name, input),
    enabled: options.enabled ?? true,
    ...(options.fresh === true ? { refetchOnMount: 'always' as const } : {}),
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Something that a person does to the server, with what came of it. */
export interface Act<K extends Name> {
  /** Runs it. Null when it failed (`problem` says why) or the person took it back. */
  readonly run: (input: Given<K>) => Promise<Answer<K> | null>;
  readonly busy: boolean;
  /** Why it did not happen, in the person's language. */
  readonly problem: string | null;
  readonly clear: () => void;
}

/** A change. After it every answer on the screen is asked again. */
export function useAct<K extends Name>(name: K): Act<K> {
  const ask = useAsk();
  const client = useQueryClient();
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = useCallback(
    async (input: Given<K>): Promise<Answer<K> | null> => {
      setBusy(true);
      setProblem(null);
      try {
        const answer = await ask(name, input);
        await client.invalidateQueries();
        return answer;
      } catch (error) {
        if (!isCancelled(error)) setProblem(explain(problemOf(error)));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [ask, client, explain, name],
  );
  const clear = useCallback(() => setProblem(null), []);
  return { run, busy, problem, clear };
}
