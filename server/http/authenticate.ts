import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Proof } from '../context.ts';
import type { Credentials, RequestFacts } from '../identity/sessions.ts';
import type { AddressOf } from './address.ts';
import { isFromOwnPage, readCookie } from './cookies.ts';
import { deviceKeys } from './device-keys.ts';
import type { Nonces } from './nonces.ts';
import type { Origins } from './origins.ts';
import { verifyProof } from './proof.ts';

/** What this layer reads of a request. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  header(name: string): string | null;
  readonly peer: string | undefined;
}

export interface Authentication {
  facts(head: RequestHead): RequestFacts;
  /** How somebody without a session proves who they are (login, refresh). */
  prove(head: RequestHead): Promise<Proof>;
  /** What proves the session. Throws `unauthenticated` when there is nothing, or a proof that does not hold. */
  credentials(head: RequestHead): Promise<Credentials>;
  /** A browser's cookie, where the caller knows whether our own page asks. Throws `unauthenticated`. */
  cookie(head: RequestHead, fromOwnPage: boolean): Credentials;
}

const bearer = /^DPoP ([A-Za-z0-9_-]{20,100})$/i;

/** Reads who asks from headers; whether they may is the gate's to say. */
export function makeAuthentication(origins: Origins, nonces: Nonces, addressOf: AddressOf, ownVersion: string): Authentication {
  const keys = deviceKeys();
  /** A download link of our own page cannot say its version; the page came from here, so it is ours. */
  const versionOf = (head: RequestHead): string => {
    const said = head.header('x-hikyaku-version');
    if (said !== null) return said.slice(0, 40);
    return head.method === 'GET' && head.header('authorization') === null && isFromOwnPage(head.method, head.header, origins)
      ? ownVersion
      : '';
  };
  const thumbprintOf = (head: RequestHead, proof: string, accessToken: string | null): Promise<string> =>
    verifyProof(proof, { method: head.method, urls: origins.urlsOf(head.path), accessToken }, nonces, keys);

  const cookie = (head: RequestHead, fromOwnPage: boolean): Credentials => {
    const token = readCookie(head.header('cookie'));
    if (token === null || !fromOwnPage) throw denial(deny('session_missing', 'ACC-42'));
    return { kind: 'cookie', token };
  };

  return {
    cookie,
    facts: (head) => ({
      address: addressOf(head.peer, head.header('x-forwarded-for')),
      clientVersion: versionOf(head),
      claimedKind: head.header('x-hikyaku-kind'),
    }),
    prove: async (head) => {
      const proof = head.header('dpop');
      if (proof !== null) return { kind: 'device', thumbprint: await thumbprintOf(head, proof, null) };
      return isFromOwnPage(head.method, head.header, origins) ? { kind: 'browser' } : { kind: 'none' };
    },
    credentials: async (head) => {
      const authorization = head.header('authorization');
      if (authorization !== null) {
        const token = bearer.exec(authorization)?.[1];
        const proof = head.header('dpop');
        if (token === undefined || proof === null) throw denial(deny('session_missing', 'ACC-42'));
        return { kind: 'access', token, thumbprint: await thumbprintOf(head, proof, token) };
      }
      return cookie(head, isFromOwnPage(head.method, head.header, origins));
    },
  };
}
