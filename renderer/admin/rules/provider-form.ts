import type { IdentityProvider } from '#shared/contract/admin-logins.ts';

/** What the form on a provider holds while it is typed; both kinds side by side, so that switching loses nothing. */
export interface ProviderForm {
  readonly id: string | null;
  readonly kind: 'oidc' | 'saml';
  readonly name: string;
  readonly enabled: boolean;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly oidcMatch: 'preferred_username' | 'email' | 'sub';
  readonly entryPoint: string;
  readonly certificate: string;
  readonly samlIssuer: string;
  readonly samlMatch: 'nameId' | 'email';
}

export const emptyProvider: ProviderForm = {
  id: null,
  kind: 'oidc',
  name: '',
  enabled: true,
  issuer: '',
  clientId: '',
  clientSecret: '',
  oidcMatch: 'preferred_username',
  entryPoint: '',
  certificate: '',
  samlIssuer: '',
  samlMatch: 'nameId',
};

/** The form of a provider that is there; secrets do not come back. */
export const formOf = (provider: IdentityProvider): ProviderForm =>
  provider.kind === 'oidc'
    ? { ...emptyProvider, ...provider, clientSecret: '', oidcMatch: provider.match }
    : { ...emptyProvider, ...provider, issuer: '', samlIssuer: provider.issuer, samlMatch: provider.match };

type Field = 'name' | 'issuer' | 'clientId' | 'entryPoint' | 'certificate' | 'samlIssuer';
export type ProviderFaults = Partial<Record<Field, 'needed' | 'urlFault' | 'certificateFault'>>;

const isUrl = (text: string): boolean => {
  try {
    const { protocol } = new URL(text);
    return protocol === 'https:' || protocol === 'http:';
  } catch {
    return false;
  }
};
const urlFault = (text: string): 'needed' | 'urlFault' | null => (text.trim() === '' ? 'needed' : isUrl(text.trim()) ? null : 'urlFault');

/** What has to be mended before the form can be saved, by field. */
export function faultsOf(form: ProviderForm): ProviderFaults {
  const needed = (text: string) => (text.trim() === '' ? ('needed' as const) : null);
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/u.test(form.certificate);
  const found: Partial<Record<Field, ProviderFaults[Field] | null>> =
    form.kind === 'oidc'
      ? { name: needed(form.name), issuer: urlFault(form.issuer), clientId: needed(form.clientId) }
      : {
          name: needed(form.name),
          entryPoint: urlFault(form.entryPoint),
          certificate: needed(form.certificate) ?? (certificate ? null : 'certificateFault'),
          samlIssuer: needed(form.samlIssuer),
        };
  return Object.fromEntries(Object.entries(found).filter(([, fault]) => fault !== null)) as ProviderFaults;
}

/** The form as `identityProvider.set` takes it. An empty secret keeps the one that is there. */
export function inputOf(form: ProviderForm) {
  const shared = { ...(form.id === null ? {} : { id: form.id }), name: form.name.trim(), enabled: form.enabled };
  return form.kind === 'oidc'
    ? {
        ...shared,
        kind: 'oidc' as const,
        issuer: form.issuer.trim(),
        clientId: form.clientId.trim(),
        match: form.oidcMatch,
        ...(form.clientSecret === '' ? {} : { clientSecret: form.clientSecret }),
      }
    : {
        ...shared,
        kind: 'saml' as const,
        entryPoint: form.entryPoint.trim(),
        certificate: form.certificate.trim(),
        issuer: form.samlIssuer.trim(),
        match: form.samlMatch,
      };
}
