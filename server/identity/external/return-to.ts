import { AppError } from '#shared/base/errors.ts';
import type { ClientKind } from '#shared/model/policy.ts';

const pages: ReadonlySet<string> = new Set(['/', '/admin']);

/**
 * Where the browser may end (RFC 8252 7.3): for a program a loopback address with any port, for a browser a page of our own. Throws `invalid`
 * for anything else, so that no code ever goes to a stranger.
 */
export function checkedReturn(returnTo: string, kind: ClientKind): string {
  if (kind === 'browser') {
    if (pages.has(returnTo)) return returnTo;
  } else {
    const url = URL.parse(returnTo);
    const loopback = url !== null && (url.hostname === '127.0.0.1' || url.hostname === '[::1]');
    if (loopback && url.protocol === 'http:' && url.port !== '' && url.username === '' && url.search === '' && url.hash === '')
      return url.href;
  }
  throw new AppError('invalid', 'The browser may only come back to this program', { details: { reason: 'return_forbidden' } });
}

/** The address with what the browser brings. */
export function returned(returnTo: string, publicUrl: string, result: { readonly code: string } | { readonly error: string }): string {
  const url = new URL(returnTo, publicUrl);
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  return url.href;
}
