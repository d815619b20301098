import { contentScheme } from '#shared/contract/outside.ts';

/** The one origin of our own pages. */
export const ownScheme = 'app';
export const ownHost = 'hikyaku';
export const ownOrigin = `${ownScheme}://${ownHost}`;

/** True for addresses of our own pages; an empty address, `about:blank` and look-alikes are none. */
export function isOwnUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${ownScheme}:` && url.host === ownHost && url.username === '' && url.password === '';
}

/** Requests that the renderer's session may make at all: our files and what a page makes itself. Everything else goes through the agent. */
const loadable = new Set([`${ownScheme}:`, `${contentScheme}:`, 'blob:', 'data:', 'devtools:']);

/** Whether the renderer may load `address`; the network is not its business. */
export const isLoadable = (address: string): boolean => URL.canParse(address) && loadable.has(new URL(address).protocol);

/** What may leave for the person's browser or mail program; the parsed address is handed on, never the raw text. */
export function externalTarget(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === 'mailto:') return url.href;
  if (url.protocol !== 'https:' || url.hostname === '' || url.username !== '' || url.password !== '') return null;
  return url.href;
}

/** Where a login may go on in the person's browser: https, or plain http to this machine. */
export function signInTarget(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isHere = url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (!isHere && url.protocol !== 'https:') return null;
  return url.hostname === '' || url.username !== '' || url.password !== '' ? null : url.href;
}

/** Permissions of our own page, each with its reason. What is not here is denied, for everybody. */
const permissions: ReadonlyMap<string, string> = new Map([['clipboard-sanitized-write', 'Copying text and links is a person’s own act']]);

/** Whether a page at `address` gets `permission`. */
export const isPermitted = (permission: string, address: string): boolean => permissions.has(permission) && isOwnUrl(address);
