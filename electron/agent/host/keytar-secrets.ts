import { longSecrets, type SecretStore } from '#shared/base/long-secrets.ts';
import type { Secrets } from './secrets.ts';

const service = 'Hikyaku';

/** The OS keychain of a headless program; null where there is none (no secret service, no native module). */
export async function keytarSecrets(): Promise<Secrets | null> {
  try {
    const loaded = (await import('keytar')) as unknown as SecretStore & { default?: SecretStore };
    const keytar = longSecrets(loaded.default ?? loaded);
    // Only asking it shows whether a secret service answers.
    await keytar.getPassword(service, 'probe');
    return {
      available: async () => true,
      get: (accountId, entry) => keytar.getPassword(service, `${accountId}:${entry}`),
      set: (accountId, entry, secret) => keytar.setPassword(service, `${accountId}:${entry}`, secret),
      delete: async (accountId, entry) => void (await keytar.deletePassword(service, `${accountId}:${entry}`)),
    };
  } catch {
    return null;
  }
}
