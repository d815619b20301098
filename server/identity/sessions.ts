import { AppError } from '#shared/base/errors.ts';
import { deny, type Denial, type DenyReason } from '#shared/model/decision.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { decide, type Act } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { makeEndIdle } from './idle.ts';
import { askingMember, requestOf, sessionQuery, type RequestFacts, type SessionRow } from './session-rows.ts';
import { hashToken } from './tokens.ts';

export type { RequestFacts };

/** How exactly `last_used_at` is kept: a write a minute and session is enough. */
const touchMs = 60_000;
/** How many sessions are read at once. */
const batchSize = 500;
/** How many refusals are written down at once, while other requests wait. */
const noteSize = 20;
const anything: Act = { kind: 'call', access: 'member' };
/** Refusals because of where somebody is: the first of a kind in a row is in the audit log (NET-11). */
const placeReasons: ReadonlySet<DenyReason> = new Set(['network_denied', 'country_denied', 'country_unverified']);

/** A request that was denied, for what it leaves behind. */
interface Refusal {
  readonly row: SessionRow;
  readonly facts: RequestFacts;
  readonly decision: Denial;
}
const isPlaced = ({ reason }: Denial): boolean => placeReasons.has(reason);

/** What proves a session: the access token with the key that signed the request's proof, or a browser's cookie. */
export type Credentials =
  | { readonly kind: 'access'; readonly token: string; readonly thumbprint: string }
  | { readonly kind: 'cookie'; readonly token: string };

export interface Sessions {
  /** The gate (DESIGN): who asks, if they may do this now. Throws what `decide()` denies, and `unauthenticated` for unknown credentials. */
  admit(credentials: Credentials, facts: RequestFacts, act: Act): Promise<RequestContext>;
  /** The same for a session that the caller found and that proved itself there (an app password). */
  admitRow(row: SessionRow, facts: RequestFacts, act: Act): Promise<RequestContext>;
  /** The same for a session that proved itself before, as a socket's ticket does. */
  judge(tenantId: string, sessionId: string, facts: RequestFacts): Promise<RequestContext>;
  /** Judges many sessions of a tenant again, because something changed: for each, in order, what stops it, or null. */
  judgeAll(tenantId: string, asked: readonly { readonly sessionId: string; readonly facts: RequestFacts }[]): Promise<(AppError | null)[]>;
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
  const { database, clock, bus, log } = services;

  const context = async (row: SessionRow, facts: RequestFacts, act: Act): Promise<RequestContext> => {
    if (facts.claimedKind !== null && facts.claimedKind !== row.kind) await refuseForgedKind(row, facts);
    const { revision, policy } = await policies.current(row.tenant_id);
    const request = requestOf(row, facts, act, { policy, now: clock.now(), countryOf: services.countryOf });
    const decision = decide(request, policy);
    if (decision.effect === 'deny') throw await refused(row, facts, decision);
    if (row.refused_for !== null) await placed(database, row, null);
    const { rights, role, state, templateId } = askingMember(row);
    return {
      tenantId: row.tenant_id,
      member: { id: row.member_id, memberId: row.login, role, state, rights, templateId },
      session: { id: row.id, kind: ClientKind.parse(row.kind), deviceId: row.device_id },
      address: facts.address,
      clientVersion: facts.clientVersion,
      policy,
      policyRevision: revision,
    };
  };

  /** What a denial leaves behind, and the failure that carries it. */
  const refused = async (row: SessionRow, facts: RequestFacts, decision: Denial): Promise<AppError> => {
    const { reason, subject } = decision;
    if (reason === 'session_idle' && row.ended_at === null) await endIdle(row, facts.address);
    if (reason === 'role_missing') await noteDenied(row, facts, 'access.denied', { reason, right: subject, operation: facts.operation });
    if (isPlaced(decision) && row.refused_for !== reason) await noteAll([{ row, facts, decision }]);
    return denial(decision);
  };

  /** What denials of many sockets leave behind, some a transaction. */
  const noteAll = async (refusals: readonly Refusal[]): Promise<void> => {
    for (const { row, facts, decision } of refusals) {
      if (decision.reason === 'session_idle' && row.ended_at === null) await endIdle(row, facts.address);
    }
    const moved = new Map(
      refusals.filter(({ row, decision }) => isPlaced(decision) && row.refused_for !== decision.reason).map((one) => [one.row.id, one]),
    );
    const all = [...moved.values()];
    for (let start = 0; start < all.length; start += noteSize) {
      await database.transaction().execute(async (transaction) => {
        for (const refusal of all.slice(start, start + noteSize)) {
          if (await placed(transaction, refusal.row, refusal.decision.reason))
            await audit(transaction, refusal.row.tenant_id, placeRecord(refusal));
        }
      });
    }
  };

  /** Keeps why a session is refused where it is now; false when another request has just done so. */
  const placed = async (queries: Database, row: SessionRow, reason: string | null): Promise<boolean> => {
    const changed = await queries
      .updateTable('sessions')
      .set({ refused_for: reason })
      .where((where) => where.and({ tenant_id: row.tenant_id, id: row.id }))
      .where((where) =>
        reason === null
          ? where('refused_for', 'is not', null)
          : where.or([where('refused_for', 'is', null), where('refused_for', '!=', reason)]),
      )
      .returning('id')
      .executeTakeFirst();
    return changed !== undefined;
  };

  const placeRecord = ({ row, facts, decision: { reason, rule } }: Refusal): AuditRecord => ({
    actorId: row.member_id,
    action: 'access.denied',
    target: row.id,
    result: 'denied',
    address: facts.address,
    client: row.kind,
    details: { reason, rule, memberId: row.login, country: services.countryOf(facts.address) },
  });

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
    admitRow: context,
    judge: async (tenantId, sessionId, facts) => {
      const row = await sessionQuery(database)
        .where('sessions.tenant_id', '=', tenantId)
        .where('sessions.id', '=', sessionId)
        .executeTakeFirst();
      if (row === undefined) throw denial(deny('session_missing', 'ACC-42'));
      return context(row, facts, anything);
    },
    judgeAll: async (tenantId, asked) => {
      const rows = new Map<string, SessionRow>();
      const ids = [...new Set(asked.map(({ sessionId }) => sessionId))];
      for (let start = 0; start < ids.length; start += batchSize) {
        const batch = sessionQuery(database).where('sessions.tenant_id', '=', tenantId);
        const found = await batch.where('sessions.id', 'in', ids.slice(start, start + batchSize)).execute();
        for (const row of found) rows.set(row.id, row);
      }
      const { policy } = await policies.current(tenantId);
      const rules = { policy, now: clock.now(), countryOf: services.countryOf };
      const refusals: Refusal[] = [];
      const verdicts = asked.map(({ sessionId, facts }) => {
        const row = rows.get(sessionId);
        const decision = row === undefined ? deny('session_missing', 'ACC-42') : decide(requestOf(row, facts, anything, rules), policy);
        if (decision.effect === 'allow') return null;
        if (row !== undefined) refusals.push({ row, facts, decision });
        return denial(decision);
      });
      // Nobody waits for what is written down about it: who is shut out is shut out first.
      noteAll(refusals).catch((error: unknown) => log.error({ error }, 'Refusals of open sockets could not be written down'));
      return verdicts;
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
