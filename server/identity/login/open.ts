import { uuidv7 } from '#shared/base/uuid.ts';
import type { LoginOutcome } from '#shared/contract/login.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Database, PublicContext, Services } from '../../context.ts';
import { requireNotWiped } from '../device-handlers.ts';
import { rememberDevice, type DeviceMark, type RememberedDevice } from '../devices.ts';
import { describeIdentity } from '../directory.ts';
import { accessSeconds, hashToken, type RefreshTokens } from '../tokens.ts';
import { hashOf } from './prover.ts';
import type { LoginState } from './state.ts';

const dayMs = 86_400_000;

/** A session that has just opened. */
export interface OpenedLogin {
  readonly state: LoginState;
  readonly sessionId: string;
  readonly device: RememberedDevice;
  readonly address: string;
}

export interface OpenOptions {
  readonly audit: AppendAudit;
  readonly refreshTokens: RefreshTokens;
  /**
   * What else a login brings, within its transaction and before its audit entry (ACC-05: failures are forgotten; ACC-27). Returns what is to be
   * announced after the commit.
   */
  onOpen(transaction: Database, opened: OpenedLogin): Promise<() => void>;
}

/** Opens the session of a login that needs nothing more. `finish` runs within the same transaction, first: what it throws undoes all. */
export type OpenLogin = (
  state: LoginState,
  context: PublicContext,
  record: (result: AuditRecord['result'], details: AuditRecord['details']) => AuditRecord,
  finish: (transaction: Database) => Promise<void>,
) => Promise<Extract<LoginOutcome, { kind: 'open' }>>;

export function makeOpenLogin(services: Services, { audit, refreshTokens, onOpen }: OpenOptions): OpenLogin {
  const { database, clock, random } = services;
  const secret = (): string => Buffer.from(random(32)).toString('base64url');

  return async (state, context, record, finish) => {
    const { tenantId, member, prover, progress, rules } = state;
    const { thumbprint } = prover;
    const now = clock.now();
    const sessionId = uuidv7(now, random(10));
    const tokens =
      thumbprint === null
        ? { cookie: secret(), browser: secret(), access: null, refresh: null }
        : { cookie: null, browser: null, access: secret(), refresh: refreshTokens.first(tenantId, sessionId, random(32)) };
    const mark: DeviceMark =
      thumbprint === null ? { kind: 'browser', hash: prover.browserHash, next: hashToken(tokens.browser!) } : { kind: 'key', thumbprint };
    const { databaseKey, announce } = await database.transaction().execute(async (transaction) => {
      await finish(transaction);
      // A new password or a suspension that came meanwhile has ended every session; this one must not slip in behind it.
      const same = await transaction
        .updateTable('members')
        .set({ state: member.state })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', member.id)
        .where('state', '=', member.state)
        .where('password_hash', 'is not distinct from', member.passwordHash)
        .returning('id')
        .executeTakeFirst();
      if (same === undefined) throw denial(deny('wrong_credentials', 'ACC-05'));
      const device = await rememberDevice(transaction, services, { tenantId, memberId: member.id, mark }, state.device);
      // The order may have come while the login waited for an answer; from here on its row is ours.
      await requireNotWiped(transaction, tenantId, thumbprint);
      await transaction
        .insertInto('sessions')
        .values({
          tenant_id: tenantId,
          id: sessionId,
          member_id: member.id,
          device_id: device.id,
          kind: prover.kind,
          key_thumbprint: thumbprint,
          access_hash: hashOf(tokens.access),
          access_expires_at: tokens.access === null ? null : now + accessSeconds * 1_000,
          refresh_hash: hashOf(tokens.refresh),
          cookie_hash: hashOf(tokens.cookie),
          created_at: now,
          last_used_at: now,
          address: context.address,
          proven_at: now,
          verified_at: state.abroad ? now : null,
          method: state.method,
        })
        .execute();
      if (progress.trust) {
        const until = now + rules.policy.twoStep.trustDays * dayMs;
        await transaction
          .updateTable('devices')
          .set({ trusted_at: now, trusted_until: until })
          .where((where) => where.and({ tenant_id: tenantId, id: device.id }))
          .execute();
      }
      const announced = await onOpen(transaction, { state, sessionId, device, address: context.address });
      const factor = progress.factor === null ? {} : { factor: progress.factor, trusted: progress.trust };
      const details = { sessionId, deviceId: device.id, device: state.device.name, method: state.method, ...factor };
      await audit(transaction, tenantId, record('success', details));
      return { databaseKey: thumbprint === null ? null : device.databaseKey, announce: announced };
    });
    announce();
    if (tokens.cookie !== null) context.setCookie(tokens.cookie);
    if (tokens.browser !== null) context.setCookie(tokens.browser, 'browser');
    const identity = await describeIdentity(database, { tenantId, memberId: member.id, sessionId, databaseKey }, rules.revision);
    const grant =
      tokens.access === null ? null : { accessToken: tokens.access, expiresInSeconds: accessSeconds, refreshToken: tokens.refresh };
    return { kind: 'open', grant, identity };
  };
}
