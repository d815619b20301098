import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';

/** A nonce is made for a window of time and is good in this window and the next, so a proof lives one to two minutes. In milliseconds. */
export const windowMs = 60_000;
const mostWindows = 2;

/** Nonces for proofs (RFC 9449, section 8): HMACs of the time window, so no node has to remember any. */
export interface Nonces {
  current(): string;
  /** The window a nonce belongs to, or null when it is not ours or too old. */
  windowOf(nonce: string): number | null;
  /** Notes that a proof was used; false when it was used before. Forgets with the windows. */
  firstUse(window: number, proofId: string): boolean;
}

/** Goes by the server's wall clock: nodes that share the secret accept each other's nonces. */
export function makeNonces(secret: Uint8Array, clock: Clock): Nonces {
  const used = new Map<number, Set<string>>();
  const windowNow = (): number => Math.floor(clock.now() / windowMs);
  const nonceOf = (window: number): string => createHmac('sha256', secret).update(`nonce ${window}`).digest('base64url');
  let latest = { window: -1, nonce: '' };
  return {
    current: () => {
      const window = windowNow();
      if (latest.window !== window) latest = { window, nonce: nonceOf(window) };
      return latest.nonce;
    },
    windowOf: (nonce) => {
      const given = Buffer.from(nonce);
      for (let window = windowNow(), left = mostWindows; left > 0; window -= 1, left -= 1) {
        const expected = Buffer.from(nonceOf(window));
        if (given.length === expected.length && timingSafeEqual(given, expected)) return window;
      }
      return null;
    },
    firstUse: (window, proofId) => {
      const oldest = windowNow() - mostWindows;
      for (const known of used.keys()) if (known < oldest) used.delete(known);
      const proofs = used.get(window) ?? new Set<string>();
      used.set(window, proofs);
      if (proofs.has(proofId)) return false;
      proofs.add(proofId);
      return true;
    },
  };
}
