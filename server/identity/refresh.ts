import { AppError } from '#shared/base/errors.ts';
import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny, type Decision } from '#shared/model/decision.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { decide } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Database, PublicContext, Services } from '../context.ts';
import type { PolicyReader, RulesInForce } from '../store/policies.ts';
import { requireNotWiped } from './device-handlers.ts';
import { describeIdentity } from './directory.ts';
import { idleReason, isIdle } from './idle.ts';
import { findAskingMember, hasRunOut } from './session-rows.ts';
import type { Sessions } from './sessions.ts';
import { elsewhereReason } from './single-login.ts';
import { accessSeconds, hashToken, repeatMs, type RefreshToken, type RefreshTokens } from './tokens.ts';

export interface RefreshOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly refreshTokens: RefreshTokens;
  readonly sessions: Pick<Sessions, 'end' | 'announceEnd'>;
}
type Refresh = (
  input: InputOf<ServerContract, 'session.refresh'>,
  context: PublicContext,
) => Promise<OutputOf<ServerContract, 'session.refresh'>>;

/** What the transaction came to; thrown errors would undo what it wrote down. */
type Outcome =
  | {
      readonly kind: 'granted';
      readonly accessToken: string;
      readonly refreshToken: string;
      readonly databaseKey: string;
      readonly memberId: string;
    }
  | { readonly kind: 'refused'; readonly error: AppError; readonly ended?: { readonly memberId: string; readonly reason: string } };

/** Rotates a session's tokens. A repeat within half a minute gets the same refresh token again; a later one ends the session. */
export function makeRefresh(services: Services, { policies, audit, refreshTokens, sessions }: RefreshOptions): Refresh {
  const { database, clock, random } = services;

  const rotate = async (
    transaction: Database,
    token: { readonly text: string; readonly parsed: RefreshToken },
    thumbprint: string,
    resumed: boolean,
    context: PublicContext,
    rules: RulesInForce,
  ): Promise<Outcome> => {
    const { tenantId, sessionId } = token.parsed;
    const now = clock.now();
    const mine = { tenant_id: tenantId, id: sessionId };
    // Writing first locks the row on PostgreSQL: a request and its repeat are judged one after the other.
    const row = await transaction
      .updateTable('sessions')
      .set({ address: context.address })
      .where((where) => where.and(mine))
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return { kind: 'refused', error: denial(deny('session_missing', 'ACC-42')) };
    const note = (result: AuditRecord['result'], action: string, reason: string) =>
      audit(transaction, tenantId, {
        actorId: row.member_id,
        action,
        target: sessionId,
        result,
        address: context.address,
        client: row.kind,
        details: { reason },
      });
    const end = async (action: string, reason: string): Promise<{ memberId: string; reason: string }> => {
      await sessions.end(transaction, tenantId, sessionId, reason);
      await note('denied', action, reason);
      return { memberId: row.member_id, reason };
    };
    const refuse = async (action: string, reason: string): Promise<Outcome> => {
      await note('denied', action, reason);
      return { kind: 'refused', error: new AppError('unauthenticated', `Refused: ${reason}`, { details: { reason } }) };
    };

    if (row.key_thumbprint !== thumbprint) return refuse('session.refresh', 'key_mismatch');
    if (context.claimedKind !== null && context.claimedKind !== row.kind) return refuse('session.forged_kind', 'kind_mismatch');
    // The device's order decides, not why its session ended: nothing goes to a device that has to erase, and one whose order was taken back keeps what it holds.
    await requireNotWiped(transaction, tenantId, thumbprint);
    if (row.ended_at === null && isIdle(row, rules.policy, now)) {
      const ended = await end('session.idle', idleReason);
      return { kind: 'refused', error: denial(deny('session_idle', 'ACC-33')), ended };
    }
    if (row.ended_reason === idleReason) return { kind: 'refused', error: denial(deny('session_idle', 'ACC-33')) };
    if (row.ended_at !== null) {
      const reason = await whyEnded(transaction, row);
      if (reason !== null)
        return { kind: 'refused', error: new AppError('unauthenticated', `The session has ended: ${reason}`, { details: { reason } }) };
    }
    if (row.ended_at !== null || hasRunOut(row, now)) return { kind: 'refused', error: denial(deny('session_ended', 'ACC-41')) };
    const hash = hashToken(token.text);
    const repeated = hash === row.previous_refresh_hash && row.refreshed_at !== null && now - row.refreshed_at <= repeatMs;
    if (hash !== row.refresh_hash && !repeated) {
      const ended = await end('session.replayed', 'token_replayed');
      return { kind: 'refused', error: denial(deny('session_ended', 'ACC-41')), ended };
    }
    const decision = await judge(transaction, row, resumed, context, rules);
    if (decision.effect === 'deny') {
      const error = denial(decision);
      if (decision.reason !== 'keep_login_forbidden') return { kind: 'refused', error };
      return { kind: 'refused', error, ended: await end('session.refresh', decision.reason) };
    }

    const accessToken = Buffer.from(random(32)).toString('base64url');
    const refreshToken = refreshTokens.next(token.parsed);
    await transaction
      .updateTable('sessions')
      .set({
        access_hash: hashToken(accessToken),
        access_expires_at: now + accessSeconds * 1_000,
        previous_access_hash: row.access_hash,
        previous_access_expires_at: row.access_expires_at,
        refresh_hash: hashToken(refreshToken),
        previous_refresh_hash: hash,
        last_used_at: now,
        ...(repeated ? {} : { refreshed_at: now }),
      })
      .where((where) => where.and(mine))
      .execute();
    const device = await transaction
      .updateTable('devices')
      .set({ last_seen_at: now, ...(context.clientVersion === '' ? {} : { app_version: context.clientVersion }) })
      .where((where) => where.and({ tenant_id: tenantId, id: row.device_id }))
      .returning('database_key')
      .executeTakeFirstOrThrow();
    return { kind: 'granted', accessToken, refreshToken, databaseKey: device.database_key, memberId: row.member_id };
  };

  return async ({ refreshToken, resumed }, context) => {
    const proof = await context.prove();
    const parsed = refreshTokens.parse(refreshToken);
    if (proof.kind !== 'device' || parsed === null) throw denial(deny('session_missing', 'ACC-42'));
    const { tenantId, sessionId } = parsed;
    const rules = await policies.current(tenantId);
    const outcome = await database
      .transaction()
      .execute((transaction) => rotate(transaction, { text: refreshToken, parsed }, proof.thumbprint, resumed, context, rules));
    if (outcome.kind === 'refused') {
      if (outcome.ended !== undefined) sessions.announceEnd(tenantId, outcome.ended.memberId, sessionId, outcome.ended.reason);
      throw outcome.error;
    }
    const { accessToken, databaseKey, memberId } = outcome;
    const identity = await describeIdentity(database, { tenantId, memberId, sessionId, databaseKey }, rules.revision);
    return { grant: { accessToken, expiresInSeconds: accessSeconds, refreshToken: outcome.refreshToken }, identity };
  };
}

/**
 * Why a session ended, for a program that was off then: what it holds goes the way that the rules say (ACC-50, EXP-08). Where the reason
 * does not hold any more, the session is simply over.
 */
async function whyEnded(
  transaction: Database,
  row: { readonly tenant_id: string; readonly member_id: string; readonly ended_reason: string | null },
): Promise<string | null> {
  if (row.ended_reason === 'forced_logout' || row.ended_reason === 'logged_out' || row.ended_reason === elsewhereReason)
    return row.ended_reason;
  const member = await findAskingMember(transaction, row.tenant_id, row.member_id);
  if (member?.state === 'deleted') return 'member_deleted';
  if (member?.state === 'suspended') return 'member_suspended';
  return member?.state === 'suspended_failures' ? 'member_suspended_failures' : null;
}

async function judge(
  transaction: Database,
  session: { readonly tenant_id: string; readonly member_id: string; readonly kind: string; readonly verified_at: number | null },
  resumed: boolean,
  context: PublicContext,
  { policy }: RulesInForce,
): Promise<Decision> {
  return decide(
    {
      clientVersion: context.clientVersion,
      session: { kind: ClientKind.parse(session.kind), ended: false, verified: session.verified_at !== null },
      address: context.address,
      country: context.country,
      member: await findAskingMember(transaction, session.tenant_id, session.member_id),
      act: resumed ? { kind: 'resume' } : { kind: 'call', access: 'member' },
    },
    policy,
  );
}
