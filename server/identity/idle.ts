import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';

/** The reason that an idle session ends with, in the database and for people. */
export const idleReason = 'session_idle';
/** Programs end their own sessions when the time is up; this long after it the server does, in milliseconds. */
const graceMs = 120_000;
/** How exactly the last activity is kept: a write a minute and session is enough. */
const activeEveryMs = 60_000;

/** What the rule on idle sessions looks at. */
export interface IdleFacts {
  readonly kind: string;
  readonly created_at: number;
  /** Null until the person did something: then the login was the last that they did. */
  readonly last_active_at: number | null;
}

/** ACC-31, ACC-33: whether nobody has touched this session's program for longer than its rule and a little more. `now` in epoch milliseconds. */
export function isIdle(session: IdleFacts, { idleLogout }: Pick<Policy, 'idleLogout'>, now: number): boolean {
  const minutes = session.kind === 'browser' ? idleLogout.browserMinutes : session.kind === 'pc-app' ? idleLogout.pcAppMinutes : null;
  if (minutes === null) return false;
  return now - (session.last_active_at ?? session.created_at) > minutes * 60_000 + graceMs;
}

/** A session as ending it needs it. */
export interface IdleSession {
  readonly tenant_id: string;
  readonly id: string;
  readonly member_id: string;
  readonly kind: string;
}

/** Who ends sessions (`Sessions`), as far as it matters here. */
interface EndsSessions {
  end(transaction: Database, tenantId: string, sessionId: string, reason: string): Promise<void>;
  announceEnd(tenantId: string, memberId: string, sessionId: string, reason: string): void;
}

/** Ends a session that `isIdle`, with its line in the audit log, and tells its clients. */
export type EndIdle = (session: IdleSession, address: string) => Promise<void>;

export function makeEndIdle(
  { database }: Pick<Services, 'database'>,
  { audit, sessions }: { readonly audit: AppendAudit; readonly sessions: EndsSessions },
): EndIdle {
  return async ({ tenant_id: tenantId, id, member_id: memberId, kind }, address) => {
    const ended = await database.transaction().execute(async (transaction) => {
      // Several requests of one session may find it idle at once: one of them ends it.
      const open = await transaction
        .updateTable('sessions')
        .set({ address })
        .where((where) => where.and({ tenant_id: tenantId, id }))
        .where('ended_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      if (open === undefined) return false;
      await sessions.end(transaction, tenantId, id, idleReason);
      const details = { reason: idleReason, by: 'server' };
      await audit(transaction, tenantId, {
        actorId: memberId,
        action: 'session.idle',
        target: id,
        result: 'success',
        address,
        client: kind,
        details,
      });
      return true;
    });
    if (ended) sessions.announceEnd(tenantId, memberId, id, idleReason);
  };
}

export type ActivityHandlers = Pick<Handlers<ServerContract, RequestContext>, 'session.active'>;

/** ACC-34: only what the person does counts as activity, and their program says so. */
export function activityHandlers({ database, clock }: Pick<Services, 'database' | 'clock'>): ActivityHandlers {
  return {
    'session.active': async (_input, { tenantId, session }) => {
      const now = clock.now();
      await database
        .updateTable('sessions')
        .set({ last_active_at: now })
        .where((where) => where.and({ tenant_id: tenantId, id: session.id }))
        .where((where) => where.or([where('last_active_at', 'is', null), where('last_active_at', '<', now - activeEveryMs + 5_000)]))
        .execute();
      return {};
    },
  };
}
