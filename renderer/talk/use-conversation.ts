import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import { useAccount, useHost } from '../app/host-context.tsx';

export type Conversation = OutputOf<WorkspaceContract, 'message.list'>;

const pageSize = 50;
/** How much is asked again in one go when more than a page is loaded. */
const largestPage = 200;
/** Stops asking back after this many messages; what is older is loaded by scrolling again. */
const mostRefreshed = 2_000;

/** After a hint only the newest page is asked for, at once; what lies further up (its read counts) follows when things are quiet. */
const quietMs = 1_000;

/** The newest page before what is loaded of older messages; null when they do not meet. */
export function joined(page: Conversation, known: Conversation | undefined): Conversation | null {
  const first = page.messages[0];
  if (known === undefined || page.reachedStart || first === undefined) return null;
  const newest = known.messages.at(-1);
  if (newest === undefined || newest.sequence + 1 < first.sequence) return null;
  const older = known.messages.filter(({ sequence }) => sequence < first.sequence);
  return { ...page, messages: [...older, ...page.messages], reachedStart: known.reachedStart };
}

/** The loaded part of a room: the newest messages, further back as far as was scrolled. Asked again when the host says that it changed. */
export function useConversation(roomId: string) {
  const host = useHost();
  const client = useQueryClient();
  const { accountId } = useAccount();
  const [loadingOlder, setLoadingOlder] = useState(false);
  const busy = useRef(false);
  /** Whether the next question is for everything that is loaded, and whether the last one was. */
  const whole = useRef({ wanted: true, done: true });
  const queryKey = ['message.list', { accountId, roomId }] as const;
  const answer = useQuery({
    queryKey,
    queryFn: async (): Promise<Conversation> => {
      const known = client.getQueryData<Conversation>(queryKey);
      if (!whole.current.wanted) {
        const page = await host.workspace['message.list']({ accountId, roomId, limit: pageSize });
        const conversation = joined(page, known);
        if (conversation !== null) {
          whole.current.done = false;
          return conversation;
        }
      }
      whole.current = { wanted: false, done: true };
      const oldest = known?.messages[0]?.sequence;
      const limit = Math.min(largestPage, Math.max(pageSize, (known?.messages.length ?? 0) + 20));
      let window = await host.workspace['message.list']({ accountId, roomId, limit });
      while (oldest !== undefined && !window.reachedStart && window.messages.length < mostRefreshed) {
        const first = window.messages[0];
        if (first === undefined || first.sequence <= oldest) break;
        const before = await host.workspace['message.list']({ accountId, roomId, beforeSequence: first.sequence, limit: largestPage });
        if (before.messages.length === 0) break;
        window = { ...window, messages: [...before.messages, ...window.messages], reachedStart: before.reachedStart };
      }
      return window;
    },
  });
  const { refetch, dataUpdatedAt } = answer;
  useEffect(() => {
    if (whole.current.done) return undefined;
    const timer = setTimeout(() => {
      whole.current.wanted = true;
      void refetch();
    }, quietMs);
    return () => clearTimeout(timer);
  }, [refetch, dataUpdatedAt]);

  const loadOlder = useCallback(async () => {
    const now = client.getQueryData<Conversation>(['message.list', { accountId, roomId }]);
    const first = now?.messages[0];
    if (busy.current || now === undefined || now.reachedStart || first === undefined) return;
    busy.current = true;
    setLoadingOlder(true);
    try {
      const before = await host.workspace['message.list']({ accountId, roomId, beforeSequence: first.sequence, limit: pageSize });
      client.setQueryData<Conversation>(['message.list', { accountId, roomId }], (current) => {
        if (current === undefined || current.messages[0]?.sequence !== first.sequence) return current;
        return { ...current, messages: [...before.messages, ...current.messages], reachedStart: before.reachedStart };
      });
    } catch {
      // Scrolling up again asks again; what is shown stays.
    } finally {
      busy.current = false;
      setLoadingOlder(false);
    }
  }, [client, host, accountId, roomId]);

  return { answer, conversation: answer.data, loadOlder, loadingOlder };
}
