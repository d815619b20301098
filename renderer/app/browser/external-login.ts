import { AppError } from '#shared/base/errors.ts';
import type { Client } from '#shared/contract/operation.ts';
import type { LoginContract, LoginOutcome } from '#shared/contract/login.ts';
import { answerPasskey } from '../account-passkey.ts';

/** What the page remembers while the person is at an identity provider; it ends with the tab. */
const place = 'hikyaku.external-login';

type Entrance = Client<LoginContract>;
type Device = Parameters<Entrance['session.login']>[0]['device'];

const text = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** Logs in with a passkey, in this page (WebAuthn). Throws `denied` with `passkey_failed` where the person gave up or has none. */
export async function loginWithPasskey(entrance: Entrance, device: Device): Promise<LoginOutcome> {
  const { ticket, options } = await entrance['session.passkeyBegin']({});
  const response = await answerPasskey(options);
  if (response === null) throw new AppError('denied', 'No passkey answered', { details: { reason: 'passkey_failed' } });
  return entrance['session.passkeyFinish']({ ticket, response, kind: 'browser', device });
}

/** Leaves for the company's identity provider; the page comes back to where it was with a code. Never resolves: the page is gone. */
export async function leaveForProvider(entrance: Entrance, device: Device, method: string, member: string | undefined): Promise<never> {
  const verifier = text(crypto.getRandomValues(new Uint8Array(32)));
  const challenge = text(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
  const named = member === undefined ? {} : { member };
  const { url } = await entrance['session.external']({ method, ...named, kind: 'browser', device, returnTo: '/', challenge });
  sessionStorage.setItem(place, verifier);
  location.assign(url);
  return new Promise<never>(() => undefined);
}

/**
 * The login with which the page came back, or null when it was opened otherwise. What the address carries is taken out of it and out of the history first.
 * Throws `denied` with the reason why there is none.
 */
export async function takeUpLogin(entrance: Entrance): Promise<LoginOutcome | null> {
  const verifier = sessionStorage.getItem(place);
  const here = new URL(location.href);
  const code = here.searchParams.get('code');
  const error = here.searchParams.get('error');
  if (verifier === null || (code === null && error === null)) return null;
  sessionStorage.removeItem(place);
  here.searchParams.delete('code');
  here.searchParams.delete('error');
  history.replaceState(history.state, '', here);
  if (error !== null) throw new AppError('denied', 'The provider sent nobody', { details: { reason: error.slice(0, 100) } });
  return entrance['session.externalFinish']({ code: code!, verifier });
}
