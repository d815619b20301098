import { AppError } from '#shared/base/errors.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import type { PublicContext } from '../../context.ts';
import { hashToken } from '../tokens.ts';

/** Who logs in, as far as a program can prove it: by its device key, or by being our own page in a browser. */
export interface Prover {
  readonly kind: ClientKind;
  /** The device key's (RFC 7638), or null for browsers. */
  readonly thumbprint: string | null;
  /** The browser as a device (its cookie, hashed), or null for apps and for browsers that were never here. */
  readonly browserHash: string | null;
}

/** A session's kind is fixed here: a key makes a program, our own page a browser. Throws `unauthenticated` for anything else. */
export async function proverOf(kind: ClientKind, context: PublicContext): Promise<Prover> {
  const proof = await context.prove();
  if (context.claimedKind === null || context.claimedKind === kind) {
    if (proof.kind === 'device' && (kind === 'pc-app' || kind === 'drive-explorer')) {
      return { kind, thumbprint: proof.thumbprint, browserHash: null };
    }
    if (proof.kind === 'browser' && kind === 'browser') return { kind, thumbprint: null, browserHash: hashOf(context.cookie('browser')) };
  }
  throw new AppError('unauthenticated', `A login as ${kind} needs another proof`, { details: { reason: 'kind_mismatch' } });
}

/** The stored form of a cookie, or null where there is none. */
export const hashOf = (cookie: string | null): string | null => (cookie === null || cookie === '' ? null : hashToken(cookie));
