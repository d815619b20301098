import { expect, test } from 'vitest';
import { IdentityProviderInput } from '#shared/contract/admin-logins.ts';
import { emptyProvider, faultsOf, formOf, inputOf } from './provider-form.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

test('a form tells each field that is missing or wrong, of its own kind only', () => {
  expect(faultsOf(emptyProvider)).toEqual({ name: 'needed', issuer: 'needed', clientId: 'needed' });
  expect(faultsOf({ ...emptyProvider, kind: 'saml', name: 'x', entryPoint: 'ftp://id', certificate: 'MIIB', samlIssuer: 'us' })).toEqual({
    entryPoint: 'urlFault',
    certificate: 'certificateFault',
  });
});

test('what is saved is what the server takes, and a secret that was not typed stays', () => {
  const oidc = inputOf({ ...emptyProvider, name: ' ID ', issuer: 'https://id.example.com', clientId: 'hikyaku' });
  expect(IdentityProviderInput.parse(oidc)).toEqual({
    kind: 'oidc',
    name: 'ID',
    enabled: true,
    issuer: 'https://id.example.com',
    clientId: 'hikyaku',
    match: 'preferred_username',
  });
  const saml = inputOf({
    ...emptyProvider,
    kind: 'saml',
    name: 'S',
    entryPoint: 'https://id.example.com/sso',
    certificate,
    samlIssuer: 'us',
  });
  expect(IdentityProviderInput.parse(saml)).toMatchObject({ kind: 'saml', issuer: 'us', match: 'nameId' });
});

test('a provider that is there comes back into the form as it was', () => {
  const provider = {
    kind: 'saml',
    id: 'p',
    name: 'S',
    enabled: false,
    entryPoint: 'https://id.example.com/sso',
    certificate,
    issuer: 'us',
    match: 'email',
    redirectUri: 'https://us/callback',
  } as const;
  const { redirectUri: _uri, ...rest } = provider;
  expect(inputOf(formOf(provider))).toEqual(rest);
});
