import type { Secrets } from './secrets.ts';

const service = 'Hikyaku';

interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** The OS keychain of a headless program; null where there is none (no secret service, no native module). */
export async function keytarSecrets(): Promise<Secrets | null> {
  try {
    const loaded = (await import('keytar')) as unknown as Keytar & { default?: Keytar };
    const keytar = loaded.default ?? loaded;
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
