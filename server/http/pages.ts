import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Parts of the address space that have a page of their own, by the folder it lies in: the console, where an app's login goes on, links. */
const ownPages = [
  ['admin', 'admin'],
  ['sign-in', 'sign-in'],
  ['l', 'link'],
] as const;

/** Serves a GET of the browser edition's files; null when there is nothing to serve. */
export type Pages = (pathname: string, etags: string | null) => Promise<Response | null>;

/**
 * The built renderer in `folder`. Names inside the application fall back to its page, those below `/admin`, `/sign-in` and `/l` to pages of
 * their own; nothing outside the folder is ever read.
 */
export function builtPages(folder: string): Pages {
  const root = path.resolve(folder);
  return async (pathname, etags) => {
    const asked = decode(pathname);
    if (asked === null) return null;
    const file = path.resolve(root, `.${asked}`);
    if (file !== root && !file.startsWith(root + path.sep)) return null;
    const own = ownPages.find(([name]) => asked === `/${name}` || asked.startsWith(`/${name}/`))?.[1];
    const isName = own !== undefined || path.extname(file) === '';
    const page = path.join(root, own ?? '', 'index.html');
    return serveFile(isName ? page : file, etags, asked.startsWith('/assets/'));
  };
}

function decode(pathname: string): string | null {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') || decoded.includes('\\') ? null : decoded;
  } catch {
    return null;
  }
}

async function serveFile(file: string, etags: string | null, hashed: boolean): Promise<Response | null> {
  const type = types[path.extname(file)];
  const facts = await stat(file).catch(() => null);
  if (type === undefined || facts === null || !facts.isFile()) return null;
  const bytes = await readFile(file);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  // Also with 304: a browser takes over its headers, and a page's policy is chosen by its type.
  const headers = { 'content-type': type, etag, 'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache' };
  if (etags?.split(',').some((known) => known.trim() === etag) === true) return new Response(null, { status: 304, headers });
  return new Response(new Uint8Array(bytes), { headers });
}
