import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { Device } from '#shared/contract/login.ts';
import { ClientKind } from '#shared/model/policy.ts';
import type { Database, Services } from '../../context.ts';
import type { Sealer } from '../../store/secrets.ts';
import type { DeviceFacts } from '../devices.ts';
import { hashToken } from '../tokens.ts';
import type { Checks } from './asserted.ts';

/** How long somebody may take in the browser, and how long the code that comes back may lie, in milliseconds. */
const beganMs = 600_000;
const codeMs = 60_000;

const StoredChecks = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('oidc'), verifier: z.string(), nonce: z.string() }),
  z.object({ kind: z.literal('saml') }),
  z.object({ kind: z.literal('passkey') }),
]);

/** A login that goes on in a browser. */
export interface ExternalLogin {
  readonly tenantId: string;
  readonly providerId: string;
  readonly kind: ClientKind;
  readonly thumbprint: string | null;
  readonly device: DeviceFacts;
  /** Where the browser ends. */
  readonly returnTo: string;
  readonly challenge: string;
  readonly checks: Checks;
}
/** One whose person is known. */
export interface FinishedLogin extends ExternalLogin {
  readonly memberId: string;
  readonly factor: 'passkey' | 'external' | null;
}

export interface ExternalLogins {
  begin(state: string, login: ExternalLogin): Promise<void>;
  /** The login that a browser brings back; null when there is none, or too late. */
  find(state: string): Promise<ExternalLogin | null>;
  /** The provider said who it is: the code for the program, once. Null when that state was answered already. */
  finish(state: string, memberId: string, factor: FinishedLogin['factor']): Promise<string | null>;
  /** Takes the login of a code, which then is spent. */
  take(code: string): Promise<FinishedLogin | null>;
  drop(state: string): Promise<void>;
}

export function makeExternalLogins(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  sealer: Sealer,
): ExternalLogins {
  const place = ['external login'];
  const live = (queries: Database) => queries.selectFrom('external_logins').selectAll().where('expires_at', '>', clock.now());
  type Row = Awaited<ReturnType<ReturnType<typeof live>['execute']>>[number];
  const toLogin = (row: Row): ExternalLogin => ({
    tenantId: row.tenant_id,
    providerId: row.provider_id,
    kind: ClientKind.parse(row.kind),
    thumbprint: row.thumbprint,
    device: Device.parse(JSON.parse(row.device)),
    returnTo: row.return_to,
    challenge: row.challenge,
    checks: StoredChecks.parse(JSON.parse(sealer.open(row.sealed_checks, place))),
  });
  return {
    begin: async (state, login) => {
      await database.deleteFrom('external_logins').where('expires_at', '<=', clock.now()).execute();
      await database
        .insertInto('external_logins')
        .values({
          state_hash: hashToken(state),
          tenant_id: login.tenantId,
          provider_id: login.providerId,
          kind: login.kind,
          thumbprint: login.thumbprint,
          device: JSON.stringify(login.device),
          return_to: login.returnTo,
          challenge: login.challenge,
          sealed_checks: sealer.seal(JSON.stringify(login.checks), place),
          expires_at: clock.now() + beganMs,
        })
        .execute();
    },
    find: async (state) => {
      const row = await live(database).where('state_hash', '=', hashToken(state)).where('code_hash', 'is', null).executeTakeFirst();
      return row === undefined ? null : toLogin(row);
    },
    finish: async (state, memberId, factor) => {
      const code = Buffer.from(random(32)).toString('base64url');
      const row = await database
        .updateTable('external_logins')
        .set({ code_hash: hashToken(code), member_id: memberId, factor, expires_at: clock.now() + codeMs })
        .where('state_hash', '=', hashToken(state))
        .where('code_hash', 'is', null)
        .returning('state_hash')
        .executeTakeFirst();
      return row === undefined ? null : code;
    },
    take: async (code) => {
      const row = await database.deleteFrom('external_logins').where('code_hash', '=', hashToken(code)).returningAll().executeTakeFirst();
      if (row === undefined || row.expires_at <= clock.now() || row.member_id === null) return null;
      return { ...toLogin(row), memberId: row.member_id, factor: row.factor as FinishedLogin['factor'] };
    },
    drop: async (state) => {
      await database.deleteFrom('external_logins').where('state_hash', '=', hashToken(state)).execute();
    },
  };
}

export const externalExpired = (): AppError => new AppError('denied', 'This login is over', { details: { reason: 'ticket_expired' } });
