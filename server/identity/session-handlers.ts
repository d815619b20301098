import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { Session } from '#shared/contract/tenant.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { Role } from '#shared/model/member.ts';
import { ClientKind } from '#shared/model/policy.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';
import { idleReason, isIdle } from './idle.ts';
import { requireAct } from './member-acts.ts';
import { findMember } from './members.ts';
import { hasRunOut } from './session-rows.ts';
import type { Sessions } from './sessions.ts';

/** ACC-40: how far back ended sessions are listed, in milliseconds, and at most how many sessions. */
const historyMs = 90 * 86_400_000;
const mostListed = 500;

export type SessionHandlers = Pick<Handlers<ServerContract, RequestContext>, 'session.list' | 'session.end' | 'session.endAll'>;

/** Where somebody is logged in, and how that ends: one's own sessions, and everybody's for administrators (ACC-40, ACC-41). */
export function sessionHandlers(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit, sessions }: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'end' | 'endAll' | 'announceEnd'> },
): SessionHandlers {
  /** Whose sessions are meant. Throws `denied` where they are somebody else's and the asker may not. */
  const ownerOf = async (queries: Database, context: RequestContext, member: string | undefined): Promise<{ id: string; role: string }> => {
    if (member === undefined) return context.member;
    // Before looking: who may not ask does not learn who exists.
    if (member !== context.member.id && member !== context.member.memberId) requireAct(context, 'sessions', 'member');
    return findMember(queries, context.tenantId, member);
  };
  const requireOwner = (context: RequestContext, owner: { id: string; role: string }): void => {
    if (owner.id !== context.member.id) requireAct(context, 'sessions', Role.parse(owner.role));
  };
  const recordOf = (context: RequestContext, target: string, result: AuditRecord['result'], details: AuditRecord['details']) => ({
    actorId: context.member.id,
    action: 'session.end',
    target,
    result,
    address: context.address,
    client: context.session.kind,
    details,
  });
  /** Refused ends are in the log. */
  const tracing = async <T>(context: RequestContext, target: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof AppError && error.code === 'denied') {
        const denied = recordOf(context, target, 'denied', { reason: reasonOf(error) });
        await database.transaction().execute((transaction) => audit(transaction, context.tenantId, denied));
      }
      throw error;
    }
  };

  return {
    'session.list': async ({ member }, context) => {
      const owner = await ownerOf(database, context, member);
      requireOwner(context, owner);
      const now = clock.now();
      const rows = await database
        .selectFrom('sessions')
        .leftJoin('devices', (join) =>
          join.onRef('devices.tenant_id', '=', 'sessions.tenant_id').onRef('devices.id', '=', 'sessions.device_id'),
        )
        .leftJoin('app_passwords', (join) =>
          join.onRef('app_passwords.tenant_id', '=', 'sessions.tenant_id').onRef('app_passwords.id', '=', 'sessions.id'),
        )
        .select('app_passwords.label')
        .select(['sessions.id', 'sessions.kind', 'sessions.address', 'sessions.created_at', 'sessions.last_used_at'])
        .select('sessions.last_active_at')
        .select(['sessions.ended_at', 'sessions.ended_reason', 'devices.name', 'devices.platform', 'devices.app_version'])
        .where('sessions.tenant_id', '=', context.tenantId)
        .where('sessions.member_id', '=', owner.id)
        .where('sessions.last_used_at', '>=', now - historyMs)
        .orderBy('sessions.last_used_at', 'desc')
        .limit(mostListed)
        .execute();
      const listed = rows.map((row): Session => {
        const idle = row.ended_at === null && isIdle(row, context.policy, now);
        const over = idle || (row.ended_at === null && hasRunOut(row, now));
        return {
          id: row.id,
          kind: ClientKind.parse(row.kind),
          deviceName: row.name ?? row.label ?? '',
          platform: row.platform ?? '',
          version: row.app_version ?? '',
          address: row.address,
          createdAt: row.created_at,
          lastUsedAt: row.last_used_at,
          endedAt: over ? row.last_used_at : row.ended_at,
          endedReason: idle ? idleReason : over ? 'expired' : row.ended_reason,
          current: row.id === context.session.id,
        };
      });
      return { sessions: listed.toSorted((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null)) };
    },

    'session.end': async ({ sessionId, reason: said }, context) => {
      const id = sessionId ?? context.session.id;
      const ended = await tracing(context, id, () =>
        database.transaction().execute(async (transaction) => {
          const row = await transaction
            .selectFrom('sessions')
            .select(['member_id', 'ended_at'])
            .where('tenant_id', '=', context.tenantId)
            .where('id', '=', id)
            .executeTakeFirst();
          const own = row?.member_id === context.member.id;
          // Before saying whether it exists, as in `ownerOf`.
          if (!own) requireAct(context, 'sessions', 'member');
          if (row === undefined) throw new AppError('not_found', 'No such session');
          if (!own) requireOwner(context, await findMember(transaction, context.tenantId, row.member_id));
          if (row.ended_at !== null) return null;
          const ownIdle = said === 'idle' && id === context.session.id;
          const reason = ownIdle ? idleReason : own ? 'logged_out' : 'forced_logout';
          await sessions.end(transaction, context.tenantId, id, reason);
          const record = recordOf(context, id, 'success', { reason, memberId: row.member_id });
          await audit(transaction, context.tenantId, ownIdle ? { ...record, action: 'session.idle' } : record);
          return { memberId: row.member_id, reason };
        }),
      );
      if (ended !== null) sessions.announceEnd(context.tenantId, ended.memberId, id, ended.reason);
      return {};
    },

    'session.endAll': async ({ member }, context) => {
      const reason = member === undefined ? 'logged_out' : 'forced_logout';
      const { ownerId, ended } = await tracing(context, member ?? context.member.id, () =>
        database.transaction().execute(async (transaction) => {
          const owner = await ownerOf(transaction, context, member);
          requireOwner(context, owner);
          const except = member === undefined ? context.session.id : null;
          const ids = await sessions.endAll(transaction, context.tenantId, owner.id, reason, except);
          const details = { reason, memberId: owner.id, ended: ids.length };
          if (ids.length > 0) await audit(transaction, context.tenantId, recordOf(context, owner.id, 'success', details));
          return { ownerId: owner.id, ended: ids };
        }),
      );
      for (const id of ended) sessions.announceEnd(context.tenantId, ownerId, id, reason);
      return { ended: ended.length };
    },
  };
}
