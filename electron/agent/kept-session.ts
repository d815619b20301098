import { z } from 'zod';
import { Identity } from '#shared/contract/login.ts';
import type { Secrets } from './host/secrets.ts';

/** What keep-login (ACC-30) puts into the keychain: the refresh token, and the server's part of the database key with it. */
const KeptSession = z.object({ refreshToken: z.string(), identity: Identity });
export type KeptSession = z.infer<typeof KeptSession>;

/** The kept session of an account; null when there is none or it is unreadable. */
export async function readKeptSession(secrets: Secrets, accountId: string): Promise<KeptSession | null> {
  const secret = await secrets.get(accountId, 'session');
  if (secret === null) return null;
  try {
    return KeptSession.parse(JSON.parse(secret));
  } catch {
    return null;
  }
}

export const writeKeptSession = (secrets: Secrets, accountId: string, session: KeptSession): Promise<void> =>
  secrets.set(accountId, 'session', JSON.stringify(session));
