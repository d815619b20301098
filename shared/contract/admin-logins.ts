import { z } from 'zod';
import { Id, Instant } from '#shared/model/ids.ts';
import { adminOp } from './operation.ts';

const Name = z.string().trim().min(1).max(60);
const Url = z.url({ protocol: /^https?$/ }).max(500);

/** ACC-26: another place that says who somebody is. Secrets go in and never come out. */
export const IdentityProvider = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('oidc'),
    id: Id,
    name: Name,
    enabled: z.boolean(),
    issuer: Url,
    clientId: z.string().min(1).max(200),
    hasSecret: z.boolean(),
    /** The claim that names the member: compared with the member id, or with the verified e-mail address. */
    match: z.enum(['preferred_username', 'email', 'sub']),
    /** To be registered there. */
    redirectUri: z.string(),
  }),
  z.object({
    kind: z.literal('saml'),
    id: Id,
    name: Name,
    enabled: z.boolean(),
    entryPoint: Url,
    /** PEM of the certificate that signs assertions. */
    certificate: z.string().min(1).max(10_000),
    issuer: z.string().min(1).max(200),
    match: z.enum(['nameId', 'email']),
    redirectUri: z.string(),
  }),
]);
export type IdentityProvider = z.infer<typeof IdentityProvider>;

/** What the form gives: without `id` a new one. `clientSecret` left out keeps the one that is there. */
export const IdentityProviderInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('oidc'),
    id: Id.optional(),
    name: Name,
    enabled: z.boolean(),
    issuer: Url,
    clientId: z.string().min(1).max(200),
    clientSecret: z.string().max(500).optional(),
    match: z.enum(['preferred_username', 'email', 'sub']),
  }),
  z.object({
    kind: z.literal('saml'),
    id: Id.optional(),
    name: Name,
    enabled: z.boolean(),
    entryPoint: Url,
    certificate: z.string().min(1).max(10_000),
    issuer: z.string().min(1).max(200),
    match: z.enum(['nameId', 'email']),
  }),
]);

const MailServer = z.object({ host: z.string(), port: z.number(), from: z.string(), configured: z.boolean() });

/** Single sign-on and mail (ACC-11, ACC-20, ACC-26). */
export const adminLogins = {
  'identityProvider.list': adminOp('security_account', {}, { providers: z.array(IdentityProvider) }),
  'identityProvider.set': adminOp('security_account', { provider: IdentityProviderInput }, { provider: IdentityProvider }, { fresh: true }),
  'identityProvider.remove': adminOp('security_account', { id: Id }, {}, { fresh: true }),
  /** Whether the provider answers now: its discovery document, or its certificate's dates. */
  'identityProvider.test': adminOp('security_account', { id: Id }, { ok: z.boolean(), problem: z.string().nullable(), checkedAt: Instant }),
  /** Where mail goes through, as the server was started; a test message to the asker's own address. */
  'mail.status': adminOp('basic', {}, MailServer.shape),
  'mail.test': adminOp('basic', {}, { sentTo: z.string() }),
} as const;
export type AdminLoginsContract = typeof adminLogins;
