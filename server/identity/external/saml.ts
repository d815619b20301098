import { SAML, ValidateInResponseTo, type CacheProvider } from '@node-saml/node-saml';
import { X509Certificate } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import type { Asserted } from './asserted.ts';
import type { Provider, SamlSettings } from './providers.ts';

type SamlProvider = Provider & { readonly settings: SamlSettings };

/** How far a provider's clock may be off, in milliseconds. */
const skewMs = 60_000;

/** The requests that were made and not answered yet, so that no answer comes unasked or twice. */
export type SamlRequests = CacheProvider;

/** Signed answers and assertions both, for us alone, to a request of ours (SAML profiles 4.1.4.3). */
const samlOf = ({ settings }: SamlProvider, callbackUrl: string, requests: SamlRequests): SAML =>
  new SAML({
    callbackUrl,
    entryPoint: settings.entryPoint,
    issuer: settings.issuer,
    audience: settings.issuer,
    idpCert: settings.certificate,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: true,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    acceptedClockSkewMs: skewMs,
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: requests,
    requestIdExpirationPeriodMs: 600_000,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
  });

/** Where the browser goes. `state` comes back with the answer. */
export async function beginSaml(provider: SamlProvider, state: string, callbackUrl: string, requests: SamlRequests): Promise<string> {
  return samlOf(provider, callbackUrl, requests).getAuthorizeUrlAsync(state, undefined, {});
}

/** Verifies the answer that the browser posted. Throws `denied` with `provider_refused` for anything that does not hold. */
export async function finishSaml(provider: SamlProvider, callbackUrl: string, requests: SamlRequests, response: string): Promise<Asserted> {
  const refused = (cause: unknown, why: string): AppError =>
    new AppError('denied', `The identity provider's answer does not hold: ${why}`, { cause, details: { reason: 'provider_refused' } });
  const { profile } = await samlOf(provider, callbackUrl, requests)
    .validatePostResponseAsync({ SAMLResponse: response })
    .catch((cause: unknown) => {
      throw refused(cause, (cause as Error).message);
    });
  if (profile === null) throw refused(null, 'it names nobody');
  const { nameID, email, mail } = profile;
  const address = email ?? mail ?? (nameID.includes('@') ? nameID : undefined);
  const match =
    provider.settings.match === 'nameId'
      ? ({ kind: 'member_id', value: nameID } as const)
      : address === undefined
        ? null
        : ({ kind: 'email', value: address } as const);
  return { subject: nameID, match, twoSteps: false };
}

/** What is wrong with a certificate now, or null. */
export function certificateProblem(pem: string, now: number): string | null {
  try {
    const { validFrom, validTo } = new X509Certificate(wrapped(pem));
    if (Date.parse(validFrom) > now) return `not valid before ${validFrom}`;
    return Date.parse(validTo) < now ? `expired on ${validTo}` : null;
  } catch {
    return 'not a certificate in PEM form';
  }
}

/** Consoles of providers often show the certificate without its first and last line. */
export const wrapped = (pem: string): string =>
  pem.includes('-----BEGIN')
    ? pem
    : `-----BEGIN CERTIFICATE-----\n${pem.replace(/\s+/g, '').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
