import { startAuthentication, startRegistration } from '@simplewebauthn/browser';

type AskOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type MakeOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** Lets the person answer with a passkey (WebAuthn); null when they gave up or have none here. */
export async function answerPasskey(options: unknown): Promise<unknown> {
  try {
    return await startAuthentication({ optionsJSON: options as AskOptions });
  } catch {
    return null;
  }
}

/** Makes a passkey on this device or key; null when the person gave up or it is there already. */
export async function makePasskey(options: unknown): Promise<unknown> {
  try {
    return await startRegistration({ optionsJSON: options as MakeOptions });
  } catch {
    return null;
  }
}
