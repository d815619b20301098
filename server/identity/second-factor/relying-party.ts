import { isIP } from 'node:net';

/**
 * What passkeys are bound to (WebAuthn, section 5.1.2): the name of the host that people see. Browsers take no bare address, so a server
 * without a name has no passkeys; on the machine itself it is `localhost`.
 */
export type RelyingParty =
  | { readonly kind: 'usable'; readonly id: string; readonly name: string; readonly origins: readonly string[] }
  | { readonly kind: 'unusable' };

/** @param url the server's public address, `https://chat.example.com` */
export function relyingPartyOf(url: string): RelyingParty {
  const { protocol, hostname, port, origin } = new URL(url);
  const name = 'Hikyaku';
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) {
    return { kind: 'usable', id: 'localhost', name, origins: [`${protocol}//localhost${port === '' ? '' : `:${port}`}`] };
  }
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || protocol !== 'https:') return { kind: 'unusable' };
  return { kind: 'usable', id: hostname, name, origins: [origin] };
}
