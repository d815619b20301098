import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';

const PrivateJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() });

const base64url = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');

/** The key pair that is this device for one account; it proves possession on every request (DPoP, RFC 9449, ES256). */
export class DeviceKey {
  readonly #key: KeyObject;
  readonly #public: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };
  readonly #secret: string;

  private constructor(jwk: z.infer<typeof PrivateJwk>) {
    this.#key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    this.#public = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
    this.#secret = JSON.stringify(jwk);
  }

  static generate(): DeviceKey {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new DeviceKey(PrivateJwk.parse(privateKey.export({ format: 'jwk' })));
  }

  /** From what `secret` gave. Throws `invalid` when it is no such key. */
  static parse(secret: string): DeviceKey {
    try {
      return new DeviceKey(PrivateJwk.parse(JSON.parse(secret)));
    } catch (cause) {
      throw new AppError('invalid', 'Not a device key', { cause });
    }
  }

  /** The private key as JSON (JWK): only ever for the keychain. */
  get secret(): string {
    return this.#secret;
  }

  /** The name of the public key (RFC 7638). */
  get thumbprint(): string {
    const { crv, kty, x, y } = this.#public;
    return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  }

  /**
   * A proof for one request (RFC 9449, 4.2).
   * @param issuedAt epoch seconds; servers of ours go by the nonce, never by this
   */
  proof(request: { method: string; url: string; nonce: string | null; accessToken: string | null; issuedAt: number }): string {
    const { origin, pathname } = new URL(request.url);
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: this.#public };
    const payload = {
      jti: randomUUID(),
      htm: request.method,
      htu: `${origin}${pathname}`,
      iat: request.issuedAt,
      ...(request.nonce === null ? {} : { nonce: request.nonce }),
      ...(request.accessToken === null ? {} : { ath: createHash('sha256').update(request.accessToken).digest('base64url') }),
    };
    const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
    return `${input}.${base64url(sign('sha256', Buffer.from(input), { key: this.#key, dsaEncoding: 'ieee-p1363' }))}`;
  }
}
