import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentOrigin } from '#shared/contract/outside.ts';
import { ownHost, ownScheme } from './navigation.ts';

/** Sent with every page: scripts and styles from our own folder only, no network, no frames, no forms. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  `img-src 'self' blob: data: ${contentOrigin}`,
  `media-src ${contentOrigin}`,
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * The file that `address` stands for: inside `folder` after links are resolved, of a known type; null otherwise.
 * A path without an extension is a route of the page, so it gets `index.html`.
 */
export async function resolveAsset(folder: string, address: string): Promise<string | null> {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== `${ownScheme}:` || url.host !== ownHost) return null;
  const pathname = decoded(url.pathname);
  if (pathname === null || pathname.includes('\0') || pathname.includes('\\')) return null;
  const root = await realpath(folder);
  const wanted = path.resolve(root, `.${path.extname(pathname) === '' ? '/index.html' : pathname}`);
  if (!wanted.startsWith(root + path.sep)) return null;
  try {
    const real = await realpath(wanted);
    return real.startsWith(root + path.sep) && Object.hasOwn(types, path.extname(real)) && (await stat(real)).isFile() ? real : null;
  } catch {
    return null;
  }
}

/** Answers requests to `app://hikyaku/` out of `folder`: GET only, unknown names are 404. */
export function serveAssets(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET') return plain(405, 'Only GET');
    const file = await resolveAsset(folder, request.url);
    if (file === null) return plain(404, 'Not found');
    return new Response(new Uint8Array(await readFile(file)), {
      headers: { ...headers, 'content-type': types[path.extname(file)]! },
    });
  };
}

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

const plain = (status: number, text: string) =>
  new Response(text, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}
