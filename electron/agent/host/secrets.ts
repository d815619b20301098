import type { KeychainEntry } from '#shared/contract/host.ts';

/** Where secrets of accounts lie: the OS keychain, a key file, or only memory. */
export interface Secrets {
  /** Whether a secret put here is there after a restart. */
  available(): Promise<boolean>;
  get(accountId: string, entry: KeychainEntry): Promise<string | null>;
  set(accountId: string, entry: KeychainEntry, secret: string): Promise<void>;
  delete(accountId: string, entry: KeychainEntry): Promise<void>;
}

/** Secrets that end with the process. */
export function memorySecrets(): Secrets {
  const entries = new Map<string, string>();
  const name = (accountId: string, entry: KeychainEntry) => `${accountId}:${entry}`;
  return {
    available: async () => false,
    get: async (accountId, entry) => entries.get(name(accountId, entry)) ?? null,
    set: async (accountId, entry, secret) => void entries.set(name(accountId, entry), secret),
    delete: async (accountId, entry) => void entries.delete(name(accountId, entry)),
  };
}
