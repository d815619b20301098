import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { keychainService, openKeychain, type SecretStore } from './keychain.ts';

function makeStore() {
  const kept = new Map<string, string>();
  const key = (service: string, account: string) => `${service} ${account}`;
  const store: SecretStore = {
    getPassword: async (service, account) => kept.get(key(service, account)) ?? null,
    setPassword: async (service, account, password) => void kept.set(key(service, account), password),
    deletePassword: async (service, account) => kept.delete(key(service, account)),
  };
  return { kept, store };
}

describe('the keychain', () => {
  it('keeps the entries of profiles and accounts apart', async () => {
    const { kept, store } = makeStore();
    const reports: unknown[] = [];
    const first = openKeychain(
      'default',
      async () => store,
      systemClock,
      (error) => reports.push(error),
    );
    const second = openKeychain(
      '/tmp/b',
      async () => store,
      systemClock,
      (error) => reports.push(error),
    );
    expect(await first.available()).toBe(true);
    await first.set('a', 'session', 'one');
    await second.set('a', 'session', 'two');
    expect([await first.get('a', 'session'), await second.get('a', 'session'), await first.get('b', 'session')]).toEqual([
      'one',
      'two',
      null,
    ]);
    await first.delete('a', 'session');
    expect([...kept]).toEqual([[`${keychainService} /tmp/b/a/session`, 'two']]);
    expect(reports).toEqual([]);
  });

  it('says that it is absent where there is none, and where one reads but cannot keep', async () => {
    const { store } = makeStore();
    const refuse = () => Promise.reject(new Error('Unknown or unsupported transport'));
    for (const load of [
      refuse,
      async () => ({ ...store, setPassword: refuse }),
      async () => ({ ...store, setPassword: async () => undefined }),
    ]) {
      const keychain = openKeychain('default', load, systemClock, () => undefined);
      expect(await keychain.available()).toBe(false);
    }
    const none = openKeychain('default', refuse, systemClock, () => undefined);
    await expect(none.set('a', 'session', 'secret')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
