import { createHash } from 'node:crypto';
import { compactVerify, type CompactJWSHeaderParameters } from 'jose';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import type { DeviceKeys } from './device-keys.ts';
import type { Nonces } from './nonces.ts';

/** What a proof says (RFC 9449, section 4.2). `iat` is not looked at: the nonce bounds its life, not the client's clock. */
const Claims = z.object({
  jti: z.string().min(8).max(128),
  htm: z.string(),
  htu: z.string(),
  nonce: z.string().optional(),
  ath: z.string().optional(),
});
const longestProof = 4_096;

/** The request that a proof must be made for. `urls` are the names of this address, without query. */
export interface ProvedRequest {
  readonly method: string;
  readonly urls: readonly string[];
  readonly accessToken: string | null;
}

const refused = (reason: string): AppError =>
  new AppError('unauthenticated', `The proof of the device key does not hold: ${reason}`, { details: { reason } });

/** `details.reason` of a refusal that a repeat with the nonce of the answer mends. */
export const nonceReason = 'use_dpop_nonce';

/** Checks a DPoP proof and returns the thumbprint of its key (RFC 7638). Throws `unauthenticated`. */
export async function verifyProof(proof: string, request: ProvedRequest, nonces: Nonces, keys: DeviceKeys): Promise<string> {
  if (proof.length > longestProof) throw refused('proof_invalid');
  const { claims, thumbprint } = await read(proof, keys);
  if (claims.htm !== request.method || !request.urls.includes(withoutQuery(claims.htu))) throw refused('proof_for_another_request');
  const ath = request.accessToken === null ? undefined : createHash('sha256').update(request.accessToken).digest('base64url');
  if (claims.ath !== ath) throw refused('proof_for_another_token');
  const window = claims.nonce === undefined ? null : nonces.windowOf(claims.nonce);
  if (window === null) throw refused(nonceReason);
  if (!nonces.firstUse(window, `${thumbprint} ${claims.jti}`)) throw refused('proof_replayed');
  return thumbprint;
}

async function read(proof: string, keys: DeviceKeys): Promise<{ claims: z.infer<typeof Claims>; thumbprint: string }> {
  try {
    const keyOf = async ({ jwk }: CompactJWSHeaderParameters) => (await keys.find(jwk)).key;
    const { payload, protectedHeader } = await compactVerify(proof, keyOf, { algorithms: ['ES256'] });
    if (protectedHeader.typ !== 'dpop+jwt') throw new Error('Not a DPoP proof');
    const { thumbprint } = await keys.find(protectedHeader.jwk);
    return { claims: Claims.parse(JSON.parse(new TextDecoder().decode(payload))), thumbprint };
  } catch {
    // What is wrong with a forged proof is nobody's business.
    throw refused('proof_invalid');
  }
}

const withoutQuery = (url: string): string => url.split(/[?#]/, 1)[0]!;
