import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Group } from '#shared/model/profile.ts';
import { SecondFactor } from '#shared/model/rules-account.ts';
import { LoginMethod, PasswordRules } from './login.ts';
import { op } from './operation.ts';

const Passkey = z.object({ id: Id, name: z.string(), createdAt: Instant, lastUsedAt: Instant.nullable() });

/** How one's own account is secured. */
export const AccountSecurity = z.object({
  password: z.object({
    set: z.boolean(),
    changedAt: Instant.nullable(),
    expiresAt: Instant.nullable(),
    changeRequested: z.boolean(),
    rules: PasswordRules,
  }),
  email: z.object({ address: z.string().nullable(), verified: z.boolean() }),
  twoStep: z.object({
    required: z.boolean(),
    enabled: z.boolean(),
    /** What the rules allow. */
    allowed: z.array(SecondFactor),
    totp: z.boolean(),
    emailCode: z.boolean(),
    passkeys: z.array(Passkey),
    recoveryCodesLeft: Count,
  }),
  trustedDevices: z.array(z.object({ id: Id, name: z.string(), platform: z.string(), verifiedAt: Instant, until: Instant })),
  identities: z.array(z.object({ method: LoginMethod, subject: z.string(), linkedAt: Instant })),
  /** When the asker last proved who they are; dangerous acts want that lately. */
  freshUntil: Instant,
});
export type AccountSecurity = z.infer<typeof AccountSecurity>;

/** What members do to the security of their own account. Those marked fresh ask `session.reauthenticate` first. */
export const account = {
  'account.security': op({}, AccountSecurity.shape),
  /** The person touched the program (ACC-34). Clients say so at most once a minute; nothing else counts as an operation. */
  'session.active': op({}, {}),
  /** Proves again who asks: the password, a code, or a passkey; good for ten minutes. `denied` with `wrong_password` or `wrong_code`. */
  'session.reauthenticate': op(
    {
      password: z.string().max(128).optional(),
      code: z.string().max(40).optional(),
      passkey: z.unknown().optional(),
    },
    { freshUntil: Instant },
  ),
  /** Options for `navigator.credentials.get` before `session.reauthenticate` with a passkey. */
  'session.passkeyOptions': op({}, { options: z.unknown() }),

  'account.totp.begin': op({}, { secret: z.string(), uri: z.string() }, 'member', { fresh: true }),
  /** The first method of a member brings recovery codes, shown once. */
  'account.totp.confirm': op({ code: z.string().max(10) }, { recoveryCodes: z.array(z.string()).nullable() }, 'member', { fresh: true }),
  'account.totp.remove': op({}, {}, 'member', { fresh: true }),
  'account.email.set': op({ address: z.email().max(200) }, {}, 'member', { fresh: true }),
  'account.email.confirm': op({ code: z.string().max(20) }, {}),
  /** Codes by e-mail as a second step of one's own: on or off. */
  'account.emailCode.set': op({ enabled: z.boolean() }, { recoveryCodes: z.array(z.string()).nullable() }, 'member', { fresh: true }),
  'account.recoveryCodes.renew': op({}, { recoveryCodes: z.array(z.string()) }, 'member', { fresh: true }),
  /** WebAuthn in a browser only; an app opens the browser edition's page for it. */
  'account.passkey.begin': op({}, { options: z.unknown() }, 'member', { fresh: true }),
  'account.passkey.finish': op(
    { name: z.string().min(1).max(100), response: z.unknown() },
    { passkey: Passkey, recoveryCodes: z.array(z.string()).nullable() },
    'member',
    { fresh: true },
  ),
  'account.passkey.remove': op({ id: Id }, {}, 'member', { fresh: true }),
  'account.trustedDevice.remove': op({ id: Id }, {}),

  /** ADM-06: a group with oneself as its master, where the rule lets everybody make groups. */
  'group.createOwn': op(
    { name: z.string().trim().min(1).max(100), description: z.string().max(500).default(''), members: z.array(Id).max(1_000) },
    { group: Group },
  ),
  /** ADM-04: a link that invites into the company, where the rule lets members invite. */
  'invitation.create': op(
    { validDays: z.number().int().min(1).max(30).default(7) },
    { code: z.string(), url: z.string(), expiresAt: Instant },
  ),
} as const;
export type AccountContract = typeof account;
