import { AppError, reasonOf } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny, type Denial } from '#shared/model/decision.ts';
import { MemberState, Role } from '#shared/model/member.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import { decide, type PolicyRequest } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Proof, PublicContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { Attempts } from './attempts.ts';
import { rememberDevice } from './devices.ts';
import { describeIdentity } from './directory.ts';
import { parseMemberName } from './member-name.ts';
import type { Passwords } from './passwords.ts';
import { accessSeconds, hashToken, type RefreshTokens } from './tokens.ts';

export interface LoginOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly refreshTokens: RefreshTokens;
}
type Login = (
  input: InputOf<ServerContract, 'session.login'>,
  context: PublicContext,
) => Promise<OutputOf<ServerContract, 'session.login'>>;

/**
 * Checks a password and opens a session. An unknown member, an unknown tenant and a wrong password get the same answer after the same
 * work; what is wrong with the account is said only to those who know its password.
 */
export function makeLogin(services: Services, options: LoginOptions): Login {
  const { database, clock, random } = services;
  const { policies, audit, passwords, attempts, refreshTokens } = options;

  const findMember = async (typed: string) => {
    const name = parseMemberName(typed);
    if (name === null) return null;
    let query = database.selectFrom('tenants').select('id').limit(2);
    if (name.tenantName !== null) query = query.where('name', '=', name.tenantName);
    const tenants = await query.execute();
    if (tenants.length !== 1) return null;
    const tenantId = tenants[0]!.id;
    const member = await database
      .selectFrom('members')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', name.memberId)
      .executeTakeFirst();
    return { tenantId, memberId: name.memberId, member: member ?? null };
  };

  const note = (tenantId: string, record: AuditRecord): Promise<void> =>
    database.transaction().execute((transaction) => audit(transaction, tenantId, record));

  return async ({ member: typed, password, kind, device }, context) => {
    const thumbprint = thumbprintFor(kind, await context.prove(), context.claimedKind);
    const found = await findMember(typed);
    const record = (result: AuditRecord['result'], details: Record<string, unknown>): AuditRecord => ({
      actorId: found?.member?.id ?? null,
      action: 'session.login',
      target: (found?.memberId ?? typed).slice(0, 80),
      result,
      address: context.address,
      client: kind,
      details,
    });
    const refuse = async (decision: Denial): Promise<never> => {
      if (found !== null) await note(found.tenantId, record('denied', { reason: decision.reason }));
      throw denial(decision);
    };
    const rules = found === null ? null : await policies.current(found.tenantId);
    const judge = (request: Omit<PolicyRequest, 'clientVersion' | 'address' | 'act'>) =>
      rules === null
        ? ({ effect: 'allow' } as const)
        : decide(
            { ...request, clientVersion: context.clientVersion, address: context.address, act: { kind: 'call', access: 'public' } },
            rules.policy,
          );
    const before = judge({ session: null, member: null });
    if (before.effect === 'deny') return refuse(before);

    const account = found === null ? typed.slice(0, 80) : `${found.tenantId} ${found.memberId}`;
    const attempt = await attempts.begin(context.address, account).catch(async (error: unknown) => {
      if (found !== null) await note(found.tenantId, record('denied', { reason: reasonOf(error) }));
      throw error;
    });
    const holds = await passwords.verify(found?.member?.password_hash ?? null, password);
    if (!holds || found?.member == null || rules === null) {
      if (found !== null) await note(found.tenantId, record('failure', { reason: 'wrong_credentials' }));
      throw denial(deny('wrong_credentials', 'ACC-05'));
    }
    await attempt.succeeded();
    const { tenantId, member } = found;
    const state = MemberState.parse(member.state);
    const decision = judge({
      session: { kind, ended: false },
      member: { id: member.id, state, appBlocked: member.app_blocked !== 0, role: Role.parse(member.role) },
    });
    if (decision.effect === 'deny') return refuse(decision);

    const now = clock.now();
    const sessionId = uuidv7(now, random(10));
    const secret = (): string => Buffer.from(random(32)).toString('base64url');
    const tokens =
      thumbprint === null
        ? { cookie: secret(), access: null, refresh: null }
        : { cookie: null, access: secret(), refresh: refreshTokens.first(tenantId, sessionId, random(32)) };
    const databaseKey = await database.transaction().execute(async (transaction) => {
      // A new password or a suspension that came meanwhile has ended every session; this one must not slip in behind it.
      const same = await transaction
        .updateTable('members')
        .set({ state: member.state })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', member.id)
        .where('state', '=', member.state)
        .where('password_hash', '=', member.password_hash)
        .returning('id')
        .executeTakeFirst();
      if (same === undefined) throw denial(deny('wrong_credentials', 'ACC-05'));
      const known = await rememberDevice(transaction, services, { tenantId, memberId: member.id, thumbprint }, device);
      await transaction
        .insertInto('sessions')
        .values({
          tenant_id: tenantId,
          id: sessionId,
          member_id: member.id,
          device_id: known.id,
          kind,
          key_thumbprint: thumbprint,
          access_hash: tokens.access === null ? null : hashToken(tokens.access),
          access_expires_at: tokens.access === null ? null : now + accessSeconds * 1_000,
          refresh_hash: tokens.refresh === null ? null : hashToken(tokens.refresh),
          cookie_hash: tokens.cookie === null ? null : hashToken(tokens.cookie),
          created_at: now,
          last_used_at: now,
          address: context.address,
        })
        .execute();
      await audit(transaction, tenantId, record('success', { sessionId, deviceId: known.id, device: device.name }));
      return thumbprint === null ? null : known.databaseKey;
    });
    if (tokens.cookie !== null) context.setCookie(tokens.cookie);
    const identity = await describeIdentity(database, { tenantId, memberId: member.id, sessionId, databaseKey }, rules.revision);
    const grant =
      tokens.access === null ? null : { accessToken: tokens.access, expiresInSeconds: accessSeconds, refreshToken: tokens.refresh };
    return { kind: 'open', grant, identity };
  };
}

/** A session's kind is fixed here: a key makes a program, our own page a browser. Anything else is refused. */
function thumbprintFor(kind: ClientKind, proof: Proof, claimedKind: string | null): string | null {
  if (claimedKind === null || claimedKind === kind) {
    if (proof.kind === 'device' && (kind === 'pc-app' || kind === 'drive-explorer')) return proof.thumbprint;
    if (proof.kind === 'browser' && kind === 'browser') return null;
  }
  throw new AppError('unauthenticated', `A login as ${kind} needs another proof`, { details: { reason: 'kind_mismatch' } });
}
