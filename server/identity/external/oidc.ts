import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  type Configuration,
} from 'openid-client';
import { AppError } from '#shared/base/errors.ts';
import { isLoopback } from '../../http/origins.ts';
import type { Asserted, Checks } from './asserted.ts';
import type { OidcSettings, Provider } from './providers.ts';

type OidcProvider = Provider & { readonly settings: OidcSettings };
type OidcChecks = Extract<Checks, { kind: 'oidc' }>;

/** How long a provider's answer is waited for, in seconds. */
const patienceSeconds = 10;
/** Methods of RFC 8176 that are more than one factor, or one that is two in itself. */
const strongMethods: ReadonlySet<string> = new Set(['mfa', 'otp', 'hwk', 'sc', 'fpt', 'face', 'iris']);

/** Reads the provider's discovery document. Throws `unavailable` with why where it cannot be used. */
export async function configurationOf({ settings, secret }: OidcProvider): Promise<Configuration> {
  const issuer = new URL(settings.issuer);
  const plain = issuer.protocol === 'http:';
  if (plain && !isLoopback(issuer.hostname)) {
    throw new AppError('invalid', 'A provider is reached by https', { details: { reason: 'insecure_url' } });
  }
  const authentication = secret === null ? None() : ClientSecretBasic(secret);
  try {
    return await discovery(issuer, settings.clientId, undefined, authentication, {
      timeout: patienceSeconds,
      ...(plain ? { execute: [allowInsecureRequests] } : {}),
    });
  } catch (cause) {
    throw new AppError('unavailable', `The identity provider cannot be used: ${(cause as Error).message}`, {
      cause,
      details: { reason: 'provider_unreachable', subject: settings.issuer },
    });
  }
}

/** Where the browser goes (OpenID Connect code flow with PKCE), and what the answer will be checked with. */
export async function beginOidc(provider: OidcProvider, state: string, redirectUri: string): Promise<{ url: string; checks: OidcChecks }> {
  const configuration = await configurationOf(provider);
  const verifier = randomPKCECodeVerifier();
  const nonce = randomNonce();
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, checks: { kind: 'oidc', verifier, nonce } };
}

/** Exchanges the code that came back. Throws `denied` with `provider_refused` for anything that does not hold. */
export async function finishOidc(provider: OidcProvider, callback: URL, state: string, checks: OidcChecks): Promise<Asserted> {
  const configuration = await configurationOf(provider);
  try {
    const tokens = await authorizationCodeGrant(configuration, callback, {
      expectedState: state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    const methods = Array.isArray(claims['amr']) ? claims['amr'] : [];
    return {
      subject: claims.sub,
      match: matchOf(provider.settings, claims),
      twoSteps: methods.some((method) => typeof method === 'string' && strongMethods.has(method)),
    };
  } catch (cause) {
    throw new AppError('denied', `The identity provider's answer does not hold: ${(cause as Error).message}`, {
      cause,
      details: { reason: 'provider_refused' },
    });
  }
}

/** An address counts only where the provider says that it is verified: anybody may claim one. */
function matchOf({ match }: OidcSettings, claims: Readonly<Record<string, unknown>>): Asserted['match'] {
  const value = claims[match];
  if (typeof value !== 'string' || value === '') return null;
  if (match !== 'email') return { kind: 'member_id', value };
  return claims['email_verified'] === true ? { kind: 'email', value } : null;
}
