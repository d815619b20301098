import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { z } from 'zod';
import { assert } from '#shared/base/assert.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { ShellContract } from '#shared/contract/shell.ts';
import type { SyncContract } from '#shared/contract/sync.ts';
import type { Account, WorkspaceContract, WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { Host } from './host.ts';

const HostContext = createContext<Host | null>(null);
export const HostProvider = HostContext.Provider;

/** The host of this window. Ask it directly for what is done (send, save, log in); use `useAnswer` for what is shown. */
export function useHost(): Host {
  const host = useContext(HostContext);
  assert(host !== null, 'a HostProvider stands around the app');
  return host;
}

/** What changes with almost every answer of the server; asked for apart, so that an answer does not draw every row again. */
type Volatile = 'lastAnswerAt' | 'unread' | 'mentions' | 'unsent';
export type SteadyAccount = Omit<Account, Volatile>;

const SteadyContext = createContext<SteadyAccount | null>(null);
const LiveContext = createContext<Account | null>(null);

/** Says for everything inside which account the window shows. */
export function AccountProvider({ value, children }: { value: Account; children: ReactNode }) {
  const { lastAnswerAt: _answer, unread: _unread, mentions: _mentions, unsent: _unsent, ...rest } = value;
  const content = JSON.stringify(rest);
  // oxlint-disable-next-line react/exhaustive-deps -- the same content is the same account
  const steady = useMemo(() => rest, [content]);
  return (
    <SteadyContext.Provider value={steady}>
      <LiveContext.Provider value={value}>{children}</LiveContext.Provider>
    </SteadyContext.Provider>
  );
}

/** The account whose content the window shows. */
export function useAccount(): SteadyAccount {
  const account = useContext(SteadyContext);
  assert(account !== null, 'an AccountProvider stands around every screen with content');
  return account;
}

/** The same with what changes all the time: counts and the time of the last answer. */
export function useLiveAccount(): Account {
  const account = useContext(LiveContext);
  assert(account !== null, 'an AccountProvider stands around every screen with content');
  return account;
}

type Operations = WorkspaceContract & ShellContract & SyncContract;

/**
 * What the host says to a question, kept and asked again when an event makes it doubtful.
 * `null` as input asks nothing (yet), as do operations that this edition does not have.
 */
export function useAnswer<K extends keyof Operations>(
  operation: K,
  input: z.input<Operations[K]['input']> | null,
): UseQueryResult<OutputOf<Operations, K>> {
  const host = useHost();
  const client = operation.startsWith('shell.') ? host.shell : operation.startsWith('sync.') ? host.sync : host.workspace;
  return useQuery({
    queryKey: [operation, input],
    enabled: input !== null && client !== null,
    queryFn: () => {
      const ask = (client as unknown as Record<string, (input: unknown) => Promise<OutputOf<Operations, K>>>)[operation];
      assert(ask !== undefined, `the host has ${operation}`);
      return ask(input);
    },
  });
}

/** Calls `listener` for every event of the host while the component stands. */
export function useHostEvent(listener: (event: WorkspaceEvent) => void): void {
  const host = useHost();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => host.onEvent((event) => latest.current(event)), [host]);
}
