import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useRef } from 'react';
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

const AccountContext = createContext<Account | null>(null);
export const AccountProvider = AccountContext.Provider;

/** The account whose content the window shows. */
export function useAccount(): Account {
  const account = useContext(AccountContext);
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
