import type { CookieName } from '../context.ts';
import type { Origins } from './origins.ts';

/** `__Host-`: only over a secure (or loopback) connection, for this host alone, never set by a sub-domain. */
const names: Readonly<Record<CookieName, string>> = {
  session: '__Host-hikyaku',
  page: '__Host-hikyaku-page',
  browser: '__Host-hikyaku-browser',
  link: '__Host-hikyaku-link',
};
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';
/** In seconds. The session's ends with the browser; browsers cut the longest to 400 days themselves. */
const ages: Readonly<Record<CookieName, string>> = {
  session: '',
  page: '; Max-Age=600',
  browser: '; Max-Age=34560000',
  link: '; Max-Age=43200',
};

export const cookieOf = (token: string, name: CookieName = 'session'): string => `${names[name]}=${token}; ${attributes}${ages[name]}`;
export const expiredCookie = `${names.session}=; ${attributes}; Max-Age=0`;

/** The token in a `Cookie` header, the session's unless another is asked for, or null. */
export function readCookie(header: string | null, name: CookieName = 'session'): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === names[name]) return pair.slice(at + 1).trim();
  }
  return null;
}

/** The header our own page adds to every request: another site cannot, without asking first (CORS), which is never allowed. */
export const pageHeader = 'x-hikyaku';

/**
 * Whether a request was made by our own page. A cookie alone proves nothing of that: a request that changes something needs the page's header and
 * its origin; a plain GET (a download link) needs the browser's word that it came from our origin.
 */
export function isFromOwnPage(method: string, header: (name: string) => string | null, origins: Origins): boolean {
  const origin = header('origin');
  const site = header('sec-fetch-site');
  if (origin !== null && !origins.has(origin)) return false;
  if (site !== null && site !== 'same-origin') return false;
  if (method === 'GET' && site === 'same-origin') return true;
  return header(pageHeader) === '1' && (origin !== null || site !== null);
}
