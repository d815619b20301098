import { isIP } from 'node:net';
import { AppError } from '#shared/base/errors.ts';

const refuse = (reason: string, message: string) => new AppError('invalid', message, { details: { reason } });

/**
 * The address of a server as we keep it: scheme, host and port, nothing more.
 * Throws `invalid` with reason `bad_url`, or `insecure_url` for plain http to anything but this machine: passwords and tokens would be readable on the way.
 */
export function serverUrl(typed: string): string {
  const text = typed.trim();
  const candidate = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(candidate)) throw refuse('bad_url', 'Not an address of a server');
  const url = new URL(candidate);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('bad_url', 'Not an address of a server');
  if (url.username !== '' || url.password !== '') throw refuse('bad_url', 'An address must not hold a password');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw refuse('insecure_url', 'Plain http is spoken only on this machine');
  return url.origin;
}

/** Whether `hostname` (as in `URL.hostname`) can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
