import { AppError, reasonOf } from '#shared/base/errors.ts';
import { replyFailure } from '#shared/client/reply-failure.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import { connect, type Client, type OutputOf, type Send } from '#shared/contract/operation.ts';
import { server, type ServerContract } from '#shared/contract/server.ts';

/** Asks the person to prove again who they are; false when they would rather not. */
export type Reauthenticate = () => Promise<boolean>;

/** What the console hears without asking. */
export type LinkEvent =
  | { readonly type: 'changed'; readonly what: 'rules' | 'people' | 'everything' }
  | { readonly type: 'ended'; readonly reason: string }
  | { readonly type: 'connection'; readonly open: boolean };

type ServerInfo = OutputOf<ServerContract, 'server.info'>;

/** The console's way to the server: typed calls, and hints over the socket once somebody is logged in. */
export interface ConsoleLink {
  /** Who the server is; must be asked before everything else, because every later call says the server's version as the page's. */
  readonly start: () => Promise<ServerInfo>;
  readonly api: Client<ServerContract>;
  /** Opens the socket and keeps it open; ends with what it returns. */
  readonly listen: () => () => void;
  readonly onEvent: (listener: (event: LinkEvent) => void) => () => void;
}

/** The failure of a call that the person stopped by closing the question who they are: nothing to tell them. */
export const isCancelled = (error: unknown): boolean => reasonOf(error) === 'reauthentication_cancelled';

const longestPauseMs = 30_000;

/**
 * @param makeTransport how calls and events travel, for a page of this version
 * @param reauthenticate asked when a call fails with `reauthentication_required`; afterwards the call is repeated, once
 */
export function consoleLink(makeTransport: (version: string) => Transport, reauthenticate: Reauthenticate): ConsoleLink {
  let transport = makeTransport('');
  const listeners = new Set<(event: LinkEvent) => void>();
  const tell = (event: LinkEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const send: Send = async (name, input) => {
    const reply = await transport.call(name, input);
    const failed = replyFailure(reply);
    if (failed === null) return reply;
    if (reasonOf(failed) === 'reauthentication_required') {
      if (await reauthenticate()) return transport.call(name, input);
      throw new AppError('denied', 'Nobody proved who they are', { details: { reason: 'reauthentication_cancelled' } });
    }
    // The first question asks only whether there is a session.
    if (failed.code === 'unauthenticated' && server[name as keyof ServerContract]?.access !== 'public' && name !== 'session.current') {
      tell({ type: 'ended', reason: reasonOf(failed) ?? 'session_ended' });
    }
    return reply;
  };

  const hear = (event: ServerEvent): void => {
    switch (event.type) {
      case 'hello':
        return tell({ type: 'changed', what: 'everything' });
      case 'policy.changed':
        return tell({ type: 'changed', what: 'rules' });
      case 'directory.changed':
        return tell({ type: 'changed', what: 'people' });
      case 'session.ended':
        return tell({ type: 'ended', reason: event.reason });
      default:
        return undefined;
    }
  };

  const listen = (): (() => void) => {
    let stopped = false;
    let failures = 0;
    let close: () => void = () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      close = transport.events(hear, (state) => {
        if (stopped) return;
        if (state === 'open') {
          failures = 0;
          tell({ type: 'connection', open: true });
          return;
        }
        close();
        tell({ type: 'connection', open: false });
        failures += 1;
        timer = setTimeout(open, Math.min(longestPauseMs, 500 * 2 ** failures));
      });
    };
    open();
    return () => {
      stopped = true;
      clearTimeout(timer);
      close();
    };
  };

  const api = connect(server, send);
  return {
    start: async () => {
      const info = await api['server.info']({});
      transport = makeTransport(info.version);
      return info;
    },
    api,
    listen,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
