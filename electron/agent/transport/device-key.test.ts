import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from 'jose';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { DeviceKey } from './device-key.ts';

const request = {
  method: 'POST',
  url: 'https://example.test:8443/api/session.login?x=1',
  nonce: 'n-1',
  accessToken: 'token',
  issuedAt: 1_700_000_000,
};

it('makes proofs that a standard verifier accepts, bound to method, address, nonce and token', async () => {
  const key = DeviceKey.generate();
  const proof = key.proof(request);
  const { jwk, ...header } = decodeProtectedHeader(proof) as { jwk: JWK };
  expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256' });
  expect(Object.keys(jwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  const { payload } = await jwtVerify(proof, await importJWK(jwk, 'ES256'), { currentDate: new Date(1_700_000_000_000) });
  expect(payload).toMatchObject({
    htm: 'POST',
    htu: 'https://example.test:8443/api/session.login',
    nonce: 'n-1',
    iat: 1_700_000_000,
    ath: createHash('sha256').update('token').digest('base64url'),
  });
  expect(await calculateJwkThumbprint(jwk)).toBe(key.thumbprint);
});

it('never uses an identifier twice, and leaves out what there is not', () => {
  const key = DeviceKey.generate();
  const payloadOf = (proof: string) => JSON.parse(Buffer.from(proof.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
  const first = payloadOf(key.proof({ ...request, nonce: null, accessToken: null }));
  const second = payloadOf(key.proof({ ...request, nonce: null, accessToken: null }));
  expect(first['jti']).not.toBe(second['jti']);
  expect(Object.keys(first).sort()).toEqual(['htm', 'htu', 'iat', 'jti']);
});

it('is the same device after it was put into the keychain and taken out', () => {
  const key = DeviceKey.generate();
  expect(DeviceKey.parse(key.secret).thumbprint).toBe(key.thumbprint);
  expect(() => DeviceKey.parse('{"kty":"oct"}')).toThrow('Not a device key');
});
