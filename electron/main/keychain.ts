import { AppError } from '#shared/base/errors.ts';
import type { Clock } from '#shared/base/clock.ts';
import { longSecrets, type SecretStore } from '#shared/base/long-secrets.ts';

export type { SecretStore };

export const keychainService = 'app.hikyaku.desktop';
/** A keyring may ask the person for its password; longer than this and it counts as absent. */
const patienceMs = 20_000;

export interface Keychain {
  /** Whether secrets can be kept at all; where not, nothing is kept in plain text instead. */
  available(): Promise<boolean>;
  get(accountId: string, entry: string): Promise<string | null>;
  set(accountId: string, entry: string, secret: string): Promise<void>;
  delete(accountId: string, entry: string): Promise<void>;
}

/**
 * Keychain entries of one profile: `<profile>/<accountId>/<entry>` under one service name.
 * @param load brings the native module in, on first use; it throws where there is no secret service
 */
export function openKeychain(profile: string, load: () => Promise<SecretStore>, clock: Clock, report: (error: unknown) => void): Keychain {
  const run = async <T>(act: (store: SecretStore) => Promise<T>): Promise<T> => {
    let cancel: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(patienceMs, () => reject(new AppError('unavailable', 'The keychain did not answer')));
    });
    try {
      return await Promise.race([load().then((store) => act(longSecrets(store))), late]);
    } catch (cause) {
      // Machines without one are common: a line says so, a stack would only worry.
      report(`The keychain did not work: ${cause instanceof Error ? cause.message : String(cause)}`);
      throw new AppError('unavailable', 'There is no keychain');
    } finally {
      cancel();
    }
  };
  const name = (accountId: string, entry: string) => `${profile}/${accountId}/${entry}`;
  return {
    available: async () => {
      // Reading alone also "works" where nothing could ever be kept.
      const probe = name('probe', 'session');
      try {
        await run((store) => store.setPassword(keychainService, probe, 'probe'));
        return await run(async (store) => {
          const kept = await store.getPassword(keychainService, probe);
          await store.deletePassword(keychainService, probe);
          return kept === 'probe';
        });
      } catch {
        return false;
      }
    },
    get: (accountId, entry) => run((store) => store.getPassword(keychainService, name(accountId, entry))),
    set: (accountId, entry, secret) => run((store) => store.setPassword(keychainService, name(accountId, entry), secret)),
    delete: (accountId, entry) => run(async (store) => void (await store.deletePassword(keychainService, name(accountId, entry)))),
  };
}
