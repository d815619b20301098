import { z } from 'zod';
import { Count, Id } from '#shared/model/ids.ts';
import { Member, MemberId, Role } from '#shared/model/member.ts';
import { AdminRight } from '#shared/model/rights.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { op, opOf } from './operation.ts';

/** What a token answer carries. Times are durations, so the client's clock does not matter. */
export const Grant = z.object({ accessToken: z.string(), expiresInSeconds: Count, refreshToken: z.string() });
export type Grant = z.infer<typeof Grant>;

/** Who is logged in, and the server's part of the local database's key (base64url, 32 bytes), released to this member on this device only. */
export const Identity = z.object({
  tenant: z.string(),
  tenantName: z.string(),
  member: Member,
  role: Role,
  /** ADM-10: what the role may open; empty for members. */
  rights: z.array(AdminRight).default([]),
  /** ADM-09: the permission template in force for this member. */
  templateId: Id.default('default'),
  sessionId: Id,
  databaseKey: z.string().nullable(),
  policyRevision: Count,
  /** The offline lease: a text that the server signed (docs/protocol.md), or null where none is given (browsers). */
  lease: z.string().nullable().default(null),
  /** What the lease's signature is verified with (Ed25519, base64url); believed at login, and never again another one. */
  leaseKey: z.string().nullable().default(null),
  /** The tenant's key for sealing unsent work (X25519, base64url), for devices that are wiped. */
  recoveryKey: z.string().nullable().default(null),
});
export type Identity = z.infer<typeof Identity>;

/** What a program says about the machine it runs on; shown to people, never believed by rules. */
export const Device = z.object({ name: z.string().max(100), platform: z.string().max(100), appVersion: z.string().max(40) });
export type Device = z.infer<typeof Device>;

/** ACC-01, ACC-02, ACC-04 as a form shows them before somebody types. */
export const PasswordRules = z.object({
  format: z.enum(['letters_digits', 'letters_digits_special']),
  minimumLength: Count,
  maximumLength: Count,
  reuseBan: Count,
});
export type PasswordRules = z.infer<typeof PasswordRules>;

/** Why a new password must be chosen before going on (ACC-03, ACC-08, ACC-09, ACC-10). */
export const PasswordChangeReason = z.enum(['expired', 'requested', 'initial', 'reset']);

/** What a login still needs. One step follows the other until the session opens. */
export const LoginNeed = z.discriminatedUnion('type', [
  /** ACC-20, NET-03: a second step. `methods` are those that this member can answer with now; `email` is masked (`s•••@example.com`). */
  z.object({
    type: z.literal('code'),
    why: z.enum(['two_step', 'country']),
    methods: z.array(z.enum(['totp', 'email', 'recovery', 'passkey'])),
    email: z.string().nullable(),
    /** How many days this device can be trusted for (ACC-21); null where the rule says no. */
    trustDays: Count.nullable(),
    /** Options for `navigator.credentials.get`, where `methods` has `passkey` and the asker is a browser. */
    passkey: z.unknown().optional(),
  }),
  /** ACC-20: two-step verification is required and this member has no method yet: they set up a TOTP program here. */
  z.object({ type: z.literal('enrol_totp'), secret: z.string(), uri: z.string() }),
  /** Shown once after the first method was set up. */
  z.object({ type: z.literal('recovery_codes'), codes: z.array(z.string()) }),
  z.object({ type: z.literal('new_password'), why: PasswordChangeReason, rules: PasswordRules }),
]);
export type LoginNeed = z.infer<typeof LoginNeed>;

/** How a login stands. `ticket` lives ten minutes and works only with the key (or from the page) that began. */
export const LoginOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), grant: Grant.nullable(), identity: Identity }),
  z.object({ kind: z.literal('continue'), ticket: z.string(), need: LoginNeed }),
]);
export type LoginOutcome = z.infer<typeof LoginOutcome>;

/** The answer to a `LoginNeed`. */
export const LoginAnswer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('code'),
    method: z.enum(['totp', 'email', 'recovery']),
    code: z.string().min(1).max(40),
    trustDevice: z.boolean().default(false),
  }),
  /** Sends the code by e-mail; the need stays the same. */
  z.object({ type: z.literal('send_code') }),
  z.object({ type: z.literal('passkey'), response: z.unknown(), trustDevice: z.boolean().default(false) }),
  z.object({ type: z.literal('enrol_totp'), code: z.string().min(1).max(10) }),
  z.object({ type: z.literal('recovery_codes_kept') }),
  z.object({ type: z.literal('new_password'), password: z.string().min(1).max(128) }),
]);
export type LoginAnswer = z.infer<typeof LoginAnswer>;

/** A way to log in besides id and password, as the login form offers it (ACC-23, ACC-26). */
export const LoginMethod = z.object({ id: Id, kind: z.enum(['passkey', 'oidc', 'saml']), name: z.string() });
export type LoginMethod = z.infer<typeof LoginMethod>;

/** What anybody may ask before there is a session. Each has limits per address and account, and answers the same for people who do not exist. */
export const login = {
  /** Apps prove their device key by DPoP (RFC 9449) and get a grant; browsers get a cookie and a null grant. */
  'session.login': opOf(
    { member: z.string().min(1).max(80), password: z.string().min(1).max(128), kind: ClientKind, device: Device },
    LoginOutcome,
    'public',
  ),
  'session.continue': opOf({ ticket: z.string().max(200), answer: LoginAnswer }, LoginOutcome, 'public'),
  /** ACC-51: this device (proven by its key) has erased what it held. */
  'device.wiped': op({}, {}, 'public'),
  /** Rotates the refresh token; `resumed` when a kept session is taken up at a program's start (ACC-30). */
  'session.refresh': op({ refreshToken: z.string().max(200), resumed: z.boolean() }, { grant: Grant, identity: Identity }, 'public'),

  /** Which other ways there are; `member` may name a tenant (`id@tenant` or `@tenant`) where the server has several. */
  'login.methods': op({ member: z.string().max(80).optional() }, { methods: z.array(LoginMethod) }, 'public'),
  /** ACC-23: options for `navigator.credentials.get` with any passkey for this server. The ticket works with the key, or from the page, that began. */
  'session.passkeyBegin': op({}, { ticket: z.string(), options: z.unknown() }, 'public'),
  /** What the authenticator signed; it verified its user, so it counts as two factors. `denied` with `passkey_failed`. */
  'session.passkeyFinish': opOf(
    { ticket: z.string().max(200), response: z.unknown(), kind: ClientKind, device: Device },
    LoginOutcome,
    'public',
  ),
  /**
   * Begins a login in the system's browser (OIDC, SAML, passkey): `url` is where to go. The browser ends at `returnTo` with `?code=` or `?error=`
   * (a reason): an app gives a loopback address (RFC 8252), our own pages a path of their own. `challenge` is the S256 challenge of a secret
   * that the asker keeps (RFC 7636).
   */
  'session.external': op(
    {
      method: Id,
      member: z.string().max(80).optional(),
      kind: ClientKind,
      device: Device,
      returnTo: z.string().min(1).max(200),
      challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    },
    { url: z.string() },
    'public',
  ),
  /** For the page in the system's browser, where the login is to be by passkey: options for `navigator.credentials.get`. */
  'session.externalPasskeyOptions': op({ state: z.string().max(200) }, { options: z.unknown() }, 'public'),
  /** The passkey's answer: where the browser goes on. `denied` with `passkey_failed`. */
  'session.externalPasskey': op({ state: z.string().max(200), response: z.unknown() }, { url: z.string() }, 'public'),
  /** Exchanges the code that the browser brought back. */
  'session.externalFinish': opOf({ code: z.string().max(200), verifier: z.string().max(200) }, LoginOutcome, 'public'),

  /** ACC-11: sends a code to the registered address, if there is such a member with such an address; the answer never says. */
  'recovery.begin': op({ member: z.string().min(1).max(80) }, { ticket: z.string() }, 'public'),
  'recovery.finish': op({ ticket: z.string().max(200), code: z.string().max(20), password: z.string().min(1).max(128) }, {}, 'public'),
  /** ACC-11: mails the ids that are registered with this address. */
  'recovery.memberId': op({ email: z.string().max(200), tenant: z.string().max(40).optional() }, {}, 'public'),

  /** ADM-04, ACC-10: what a link stands for: an invitation into the company, or a first password for somebody who is already listed. */
  'invitation.look': op(
    { code: z.string().max(200) },
    {
      tenantName: z.string(),
      kind: z.enum(['join', 'first_password']),
      memberId: z.string().nullable(),
      name: z.string().nullable(),
      rules: PasswordRules,
    },
    'public',
  ),
  'invitation.accept': op(
    {
      code: z.string().max(200),
      password: z.string().min(1).max(128),
      /** For `join`: who comes. */
      memberId: MemberId.optional(),
      name: z.string().min(1).max(100).optional(),
      reading: z.string().min(1).max(100).optional(),
      email: z.email().max(200).optional(),
    },
    /** `waiting` until an administrator approves. */
    { state: z.enum(['active', 'waiting']), memberId: z.string() },
    'public',
  ),
} as const;
export type LoginContract = typeof login;
