import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Hint, Log } from '../context.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { EventSocket } from './event-socket.ts';

interface EventRounds {
  /** Judges sockets of one tenant again. Returns those that may stay; the others were told why and closed. */
  judge(tenantId: string, sockets: readonly EventSocket[]): Promise<readonly EventSocket[]>;
  /** Passes a hint on to those whom it concerns, once they were judged again: what it tells of may have shut them out. */
  deliver(hint: Hint): void;
}

/** Whether a hint concerns that socket. */
export function concerns({ tenantId, audience, sessionId }: Hint, socket: EventSocket): boolean {
  if (socket.tenantId !== tenantId || (sessionId !== undefined && socket.sessionId !== sessionId)) return false;
  return audience === null || audience.includes(socket.memberId);
}

/**
 * Judges open sockets in rounds, one at a time for each tenant, all sockets with a few queries: what comes while one runs waits for the next, so a
 * burst of changes costs two rounds and not one each.
 */
export function eventRounds(open: ReadonlySet<EventSocket>, sessions: Pick<Sessions, 'judgeAll'>, log: Pick<Log, 'error'>): EventRounds {
  const waiting = new Map<string, Hint[]>();

  const judge = async (tenantId: string, sockets: readonly EventSocket[]): Promise<readonly EventSocket[]> => {
    if (sockets.length === 0) return [];
    const verdicts = await sessions.judgeAll(tenantId, sockets).catch((error: unknown) => {
      log.error({ error }, 'Sockets could not be judged');
      return sockets.map(() => AppError.from(error));
    });
    return sockets.filter((socket, index) => {
      const verdict = verdicts[index] ?? null;
      if (verdict === null) return true;
      // Only a "no" ends the session for the client; whatever else went wrong costs it just this socket.
      if (verdict.code === 'unauthenticated' || verdict.code === 'denied' || verdict.code === 'upgrade_required') {
        socket.end(reasonOf(verdict) ?? verdict.code);
      } else socket.drop();
      return false;
    });
  };

  const run = async (tenantId: string): Promise<void> => {
    for (let hints = waiting.get(tenantId) ?? []; hints.length > 0; hints = waiting.get(tenantId) ?? []) {
      const round = hints;
      waiting.set(tenantId, []);
      const concerned = [...open].filter((socket) => round.some((hint) => concerns(hint, socket)));
      for (const socket of await judge(tenantId, concerned)) {
        for (const hint of round) if (concerns(hint, socket)) socket.send(hint.event);
      }
    }
    waiting.delete(tenantId);
  };

  return {
    judge,
    deliver: (hint) => {
      const queue = waiting.get(hint.tenantId);
      if (queue !== undefined) {
        queue.push(hint);
        return;
      }
      waiting.set(hint.tenantId, [hint]);
      void run(hint.tenantId);
    },
  };
}
