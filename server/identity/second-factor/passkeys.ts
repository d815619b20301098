import { createHash } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../../context.ts';
import { passkeyFailed, type FactorOwner } from './owner.ts';
import type { RelyingParty } from './relying-party.ts';

/** How long a challenge may be signed, in milliseconds. */
const challengeMs = 300_000;
const mostPasskeys = 20;
/** EdDSA, ES256 and RS256 (COSE): what authenticators have. */
const algorithms = [-8, -7, -257];

/** What an authenticator answers, as `@simplewebauthn/browser` gives it; the rest is the library's to judge. */
const Signed = z.looseObject({ id: z.string().min(1).max(1_500), response: z.looseObject({ userHandle: z.string().nullish() }) });

/** A passkey as its member sees it. */
export interface PasskeyFacts {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** Passkeys (WebAuthn level 3): a key pair in an authenticator that verified its user. `use` names what a challenge is for: it is good for nothing else. */
export interface Passkeys {
  /** Whether browsers can use passkeys with this server's address. */
  readonly available: boolean;
  /** Options for `navigator.credentials.create`. Throws `unavailable` where passkeys cannot work. */
  beginEnrolment(owner: FactorOwner, names: { login: string; name: string }, use: string): Promise<unknown>;
  /** Throws `passkey_failed`, or `conflict` for an authenticator that is registered already. */
  finishEnrolment(
    owner: FactorOwner,
    use: string,
    response: unknown,
    name: string,
  ): Promise<(transaction: Database) => Promise<PasskeyFacts>>;
  /** Options for `navigator.credentials.get`; for `owner` only with theirs, for null with any that the authenticator knows (ACC-23). */
  beginUse(owner: FactorOwner | null, use: string): Promise<unknown>;
  /** Whose passkey signed. With `owner` it must be theirs. Throws `passkey_failed`. */
  finishUse(owner: FactorOwner | null, use: string, response: unknown): Promise<FactorOwner>;
  list(owner: FactorOwner): Promise<PasskeyFacts[]>;
  /** Its name; null when there is no such passkey of theirs. */
  remove(transaction: Database, owner: FactorOwner, id: string): Promise<string | null>;
}

/** Names a member to authenticators: says nothing about them (WebAuthn, section 14.6.1), and is the same each time. */
const handleOf = ({ tenantId, memberId }: FactorOwner): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(['passkey', tenantId, memberId]))
    .digest();

export function makePasskeys(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  relyingParty: () => RelyingParty,
): Passkeys {
  const usable = (): Extract<RelyingParty, { kind: 'usable' }> => {
    const party = relyingParty();
    if (party.kind === 'usable') return party;
    throw new AppError('unavailable', 'Passkeys need a server with a name', { details: { reason: 'passkey_unavailable' } });
  };
  const newChallenge = async (use: string): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = Uint8Array.from(random(32));
    const now = clock.now();
    const kept = { challenge: Buffer.from(bytes).toString('base64url'), expires_at: now + challengeMs };
    await database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('passkey_challenges').where('expires_at', '<=', now).execute();
      await transaction
        .insertInto('passkey_challenges')
        .values({ name: use, ...kept })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
        .execute();
    });
    return bytes;
  };
  const challengeOf = async (use: string): Promise<string> => {
    const row = await database.selectFrom('passkey_challenges').selectAll().where('name', '=', use).executeTakeFirst();
    if (row === undefined || row.expires_at <= clock.now()) throw passkeyFailed();
    return row.challenge;
  };
  /** A challenge works once; one that was signed wrongly may be signed again until its time is up. */
  const takeChallenge = async (use: string, challenge: string): Promise<void> => {
    const row = await database
      .deleteFrom('passkey_challenges')
      .where('name', '=', use)
      .where('challenge', '=', challenge)
      .returning('name')
      .executeTakeFirst();
    if (row === undefined) throw passkeyFailed();
  };
  const rowsOf = ({ tenantId, memberId }: FactorOwner) =>
    database
      .selectFrom('passkeys')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .orderBy('created_at')
      .execute();
  const described = (row: { credential_id: string; transports: string }) => ({
    id: row.credential_id,
    transports: JSON.parse(row.transports) as string[],
  });

  return {
    get available() {
      return relyingParty().kind === 'usable';
    },

    beginEnrolment: async (owner, { login, name }, use) => {
      const { id, name: rpName } = usable();
      const known = await rowsOf(owner);
      if (known.length >= mostPasskeys) {
        throw new AppError('conflict', 'As many passkeys as there can be', {
          details: { reason: 'passkeys_full', subject: String(mostPasskeys) },
        });
      }
      return generateRegistrationOptions({
        rpName,
        rpID: id,
        userName: login,
        userDisplayName: name,
        userID: Uint8Array.from(handleOf(owner)),
        challenge: await newChallenge(use),
        timeout: challengeMs,
        attestationType: 'none',
        supportedAlgorithmIDs: algorithms,
        excludeCredentials: known.map((row) => described(row)),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
    },

    finishEnrolment: async (owner, use, response, name) => {
      const { id: rpId, origins } = usable();
      const expectedChallenge = await challengeOf(use);
      const verified = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge,
        expectedOrigin: [...origins],
        expectedRPID: rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }).catch(() => null);
      if (verified?.verified !== true) throw passkeyFailed();
      await takeChallenge(use, expectedChallenge);
      const { credential } = verified.registrationInfo;
      const now = clock.now();
      const facts: PasskeyFacts = { id: uuidv7(now, random(10)), name, createdAt: now, lastUsedAt: null };
      return async (transaction) => {
        const added = await transaction
          .insertInto('passkeys')
          .values({
            tenant_id: owner.tenantId,
            id: facts.id,
            member_id: owner.memberId,
            credential_id: credential.id,
            public_key: Buffer.from(credential.publicKey).toString('base64url'),
            counter: credential.counter,
            transports: JSON.stringify(credential.transports ?? []),
            name,
            created_at: now,
            last_used_at: null,
          })
          .onConflict((conflict) => conflict.column('credential_id').doNothing())
          .returning('id')
          .executeTakeFirst();
        if (added !== undefined) return facts;
        throw new AppError('conflict', 'The passkey is registered already', { details: { reason: 'passkey_known' } });
      };
    },

    beginUse: async (owner, use) => {
      const { id } = usable();
      const known = owner === null ? [] : await rowsOf(owner);
      return generateAuthenticationOptions({
        rpID: id,
        challenge: await newChallenge(use),
        timeout: challengeMs,
        userVerification: 'required',
        ...(owner === null ? {} : { allowCredentials: known.map((row) => described(row)) }),
      });
    },

    finishUse: async (owner, use, response) => {
      const { id: rpId, origins } = usable();
      const expectedChallenge = await challengeOf(use);
      const signed = Signed.safeParse(response);
      if (!signed.success) throw passkeyFailed();
      const row = await database.selectFrom('passkeys').selectAll().where('credential_id', '=', signed.data.id).executeTakeFirst();
      if (row === undefined) throw passkeyFailed();
      const found = { tenantId: row.tenant_id, memberId: row.member_id };
      if (owner !== null && (owner.tenantId !== found.tenantId || owner.memberId !== found.memberId)) throw passkeyFailed();
      // Without a name the authenticator says whose it is, and must be right.
      const handle = signed.data.response.userHandle ?? null;
      if (handle === null ? owner === null : handle !== handleOf(found).toString('base64url')) throw passkeyFailed();
      const verified = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge,
        expectedOrigin: [...origins],
        expectedRPID: rpId,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: Uint8Array.from(Buffer.from(row.public_key, 'base64url')),
          counter: row.counter,
          transports: JSON.parse(row.transports) as string[],
        },
      }).catch(() => null);
      if (verified?.verified !== true) throw passkeyFailed();
      await takeChallenge(use, expectedChallenge);
      const { newCounter } = verified.authenticationInfo;
      // Two uses at once, or a copy of the key, cannot both raise the counter. Those that do not count say 0 each time.
      const raised = await database
        .updateTable('passkeys')
        .set({ counter: newCounter, last_used_at: clock.now() })
        .where('credential_id', '=', row.credential_id)
        .where('counter', '=', row.counter)
        .returning('id')
        .executeTakeFirst();
      if (raised === undefined) throw passkeyFailed();
      return found;
    },

    list: async (owner) =>
      (await rowsOf(owner)).map(({ id, name, created_at, last_used_at }) => ({
        id,
        name,
        createdAt: created_at,
        lastUsedAt: last_used_at,
      })),
    remove: async (transaction, { tenantId, memberId }, id) => {
      const removed = await transaction
        .deleteFrom('passkeys')
        .where('tenant_id', '=', tenantId)
        .where('member_id', '=', memberId)
        .where('id', '=', id)
        .returning('name')
        .executeTakeFirst();
      return removed?.name ?? null;
    },
  };
}
