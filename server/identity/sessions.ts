import { AppError } from '#shared/base/errors.ts';
import { deny } from '#shared/model/decision.ts';
import { MemberState, Role } from '#shared/model/member.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import { decide, type Act } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { idleReason, isIdle, makeEndIdle } from './idle.ts';
import { hashToken } from './tokens.ts';

const hour = 3_600_000;
/** Sessions end by themselves: after so long unused, and so long after login whatever happens. In milliseconds. */
export const sessionLimits = {
  app: { idleMs: 60 * 24 * hour, longestMs: 365 * 24 * hour },
  browser: { idleMs: 60 * 24 * hour, longestMs: 90 * 24 * hour },
} as const;
/** How exactly `last_used_at` is kept: a write a minute and session is enough. */
const touchMs = 60_000;

/** What comes with a request besides the session. */
export interface RequestFacts {
  readonly address: string;
  readonly clientVersion: string;
  readonly claimedKind: string | null;
}

/** What proves a session: the access token with the key that signed the request's proof, or a browser's cookie. */
export type Credentials =
  | { readonly kind: 'access'; readonly token: string; readonly thumbprint: string }
  | { readonly kind: 'cookie'; readonly token: string };

/** A session with its member, as one row. */
export type SessionRow = NonNullable<Awaited<ReturnType<ReturnType<typeof sessionQuery>['executeTakeFirst']>>>;

const sessionQuery = (database: Database) =>
  database
    .selectFrom('sessions')
    .innerJoin('members', (join) =>
      join.onRef('members.tenant_id', '=', 'sessions.tenant_id').onRef('members.id', '=', 'sessions.member_id'),
    )
    .select(['sessions.tenant_id', 'sessions.id', 'sessions.member_id', 'sessions.device_id', 'sessions.kind', 'sessions.key_thumbprint'])
    .select(['sessions.access_hash', 'sessions.access_expires_at', 'sessions.previous_access_hash', 'sessions.previous_access_expires_at'])
    .select(['sessions.created_at', 'sessions.last_used_at', 'sessions.last_active_at', 'sessions.ended_at', 'sessions.ended_reason'])
    .select(['members.member_id as login', 'members.role', 'members.state', 'members.app_blocked']);

export interface Sessions {
  /** The gate (DESIGN): who asks, if they may do this now. Throws what `decide()` denies, and `unauthenticated` for unknown credentials. */
  admit(credentials: Credentials, facts: RequestFacts, act: Act): Promise<RequestContext>;
  /** The same for a session that proved itself before: an open socket is judged again whenever something changed. */
  judge(tenantId: string, sessionId: string, facts: RequestFacts): Promise<RequestContext>;
  /** Ends a session at once, everywhere. Within `transaction`; call `announceEnd` after its commit. */
  end(transaction: Database, tenantId: string, sessionId: string, reason: string): Promise<void>;
  /** Ends all open sessions of a member but `except`, within `transaction`. Returns their ids, to be announced after its commit. */
  endAll(transaction: Database, tenantId: string, memberId: string, reason: string, except?: string | null): Promise<string[]>;
  announceEnd(tenantId: string, memberId: string, sessionId: string, reason: string): void;
}

export interface SessionOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
}

export function makeSessions(services: Services, { policies, audit }: SessionOptions): Sessions {
  const { database, clock, bus } = services;

  const context = async (row: SessionRow, facts: RequestFacts, act: Act): Promise<RequestContext> => {
    const kind = ClientKind.parse(row.kind);
    if (facts.claimedKind !== null && facts.claimedKind !== kind) await refuseForgedKind(row, facts);
    const { revision, policy } = await policies.current(row.tenant_id);
    const role = Role.parse(row.role);
    const state = MemberState.parse(row.state);
    if (row.ended_at === null ? isIdle(row, policy, clock.now()) : row.ended_reason === idleReason) {
      if (row.ended_at === null) await endIdle(row, facts.address);
      throw denial(deny('session_idle', kind === 'browser' ? 'ACC-31' : 'ACC-33'));
    }
    const ended = row.ended_at !== null || hasRunOut(row, clock.now());
    const decision = decide(
      {
        clientVersion: facts.clientVersion,
        session: { kind, ended },
        member: { id: row.member_id, state, appBlocked: row.app_blocked !== 0, role },
        address: facts.address,
        act,
      },
      policy,
    );
    if (decision.effect === 'deny') {
      if (decision.reason === 'role_missing') await noteDenied(row, facts, 'access.denied', { reason: decision.reason });
      throw denial(decision);
    }
    return {
      tenantId: row.tenant_id,
      member: { id: row.member_id, memberId: row.login, role, state, rights: rightsOf(role), templateId: defaultTemplateId },
      session: { id: row.id, kind, deviceId: row.device_id },
      address: facts.address,
      clientVersion: facts.clientVersion,
      policy,
      policyRevision: revision,
    };
  };

  const noteDenied = (row: SessionRow, facts: RequestFacts, action: string, details: AuditRecord['details']): Promise<void> => {
    const who = { actorId: row.member_id, target: row.id, address: facts.address, client: row.kind };
    return database
      .transaction()
      .execute((transaction) => audit(transaction, row.tenant_id, { ...who, action, result: 'denied', details }));
  };

  const refuseForgedKind = async (row: SessionRow, facts: RequestFacts): Promise<never> => {
    await noteDenied(row, facts, 'session.forged_kind', { claimed: facts.claimedKind?.slice(0, 40) });
    throw new AppError('unauthenticated', 'The session is of another kind than the request says', { details: { reason: 'kind_mismatch' } });
  };

  const touch = async (row: SessionRow, address: string): Promise<void> => {
    const now = clock.now();
    if (now - row.last_used_at < touchMs) return;
    const { tenant_id: tenantId, id } = row;
    await database
      .updateTable('sessions')
      .set({ last_used_at: now, address })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
  };

  const made: Sessions = {
    admit: async (credentials, facts, act) => {
      const row = await findSession(database, credentials, clock.now());
      if (row === undefined) throw denial(deny('session_missing', 'ACC-42'));
      const admitted = await context(row, facts, act);
      await touch(row, facts.address);
      return admitted;
    },
    judge: async (tenantId, sessionId, facts) => {
      const row = await sessionQuery(database)
        .where('sessions.tenant_id', '=', tenantId)
        .where('sessions.id', '=', sessionId)
        .executeTakeFirst();
      if (row === undefined) throw denial(deny('session_missing', 'ACC-42'));
      return context(row, facts, { kind: 'call', access: 'member' });
    },
    end: async (transaction, tenantId, sessionId, reason) => {
      await transaction
        .updateTable('sessions')
        .set({ ended_at: clock.now(), ended_reason: reason })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', sessionId)
        .where('ended_at', 'is', null)
        .execute();
      await transaction.deleteFrom('tickets').where('tenant_id', '=', tenantId).where('session_id', '=', sessionId).execute();
    },
    endAll: async (transaction, tenantId, memberId, reason, except = null) => {
      let open = transaction
        .updateTable('sessions')
        .set({ ended_at: clock.now(), ended_reason: reason })
        .where('tenant_id', '=', tenantId)
        .where('member_id', '=', memberId)
        .where('ended_at', 'is', null);
      if (except !== null) open = open.where('id', '!=', except);
      const ended = await open.returning('id').execute();
      await transaction
        .deleteFrom('tickets')
        .where('tenant_id', '=', tenantId)
        .where('session_id', 'in', (select) =>
          select
            .selectFrom('sessions')
            .select('sessions.id')
            .where('sessions.tenant_id', '=', tenantId)
            .where('sessions.member_id', '=', memberId)
            .where('sessions.ended_at', 'is not', null),
        )
        .execute();
      return ended.map(({ id }) => id);
    },
    announceEnd: (tenantId, memberId, sessionId, reason) =>
      bus.publish({ tenantId, audience: [memberId], sessionId, event: { type: 'session.ended', reason } }),
  };
  const endIdle = makeEndIdle(services, { audit, sessions: made });
  return made;
}

async function findSession(database: Database, credentials: Credentials, now: number): Promise<SessionRow | undefined> {
  const hash = hashToken(credentials.token);
  if (credentials.kind === 'cookie') return sessionQuery(database).where('sessions.cookie_hash', '=', hash).executeTakeFirst();
  const row = await sessionQuery(database)
    .where((where) => where.or([where('sessions.access_hash', '=', hash), where('sessions.previous_access_hash', '=', hash)]))
    .executeTakeFirst();
  if (row === undefined || row.key_thumbprint !== credentials.thumbprint) return undefined;
  const expiresAt = row.access_hash === hash ? row.access_expires_at : row.previous_access_expires_at;
  return expiresAt !== null && expiresAt > now ? row : undefined;
}

/** Whether a session has ended by not being used, or by age. */
export function hasRunOut(row: { kind: string; created_at: number; last_used_at: number }, now: number): boolean {
  const limits = row.kind === 'browser' ? sessionLimits.browser : sessionLimits.app;
  return now - row.last_used_at > limits.idleMs || now - row.created_at > limits.longestMs;
}
