import type { Origins } from './origins.ts';

/** The page may load only what this server serves, and nobody may frame it. Its one trusted-types policy, `hikyaku`, names its worker's address. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self'",
  "font-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types hikyaku',
].join('; ');
/** What people uploaded never runs, whatever it claims to be. */
const filePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** Headers of every answer. Pages get the page's policy, everything else the strictest one. */
export function secureHeaders(origins: Origins, what: 'page' | 'data'): Readonly<Record<string, string>> {
  return {
    'content-security-policy': what === 'page' ? pagePolicy : filePolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(origins.secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
