import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';

/** The only kind of device key: P-256. One that shows its private part is no key of a careful client. */
const PublicKey = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.undefined().optional() });

export interface DeviceKey {
  readonly key: CryptoKey;
  /** RFC 7638. */
  readonly thumbprint: string;
}

/** Device keys that were seen lately: importing one costs more than checking its signature. */
export interface DeviceKeys {
  /** Throws for anything that is no public device key. */
  find(jwk: unknown): Promise<DeviceKey>;
}

const mostKept = 10_000;

export function deviceKeys(): DeviceKeys {
  const kept = new Map<string, DeviceKey>();
  return {
    find: async (jwk) => {
      const { kty, crv, x, y } = PublicKey.parse(jwk);
      const name = `${x} ${y}`;
      const known = kept.get(name);
      if (known !== undefined) return known;
      const key = await importJWK({ kty, crv, x, y }, 'ES256');
      if (key instanceof Uint8Array) throw new Error('Not a public key');
      const made = { key, thumbprint: await calculateJwkThumbprint({ kty, crv, x, y }) };
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
      kept.set(name, made);
      return made;
    },
  };
}
