import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longSecrets, type SecretStore } from './long-secrets.ts';

const limit = 2_560;

/** A keychain as Windows has it: entries have a size limit. `failAfter` writes later the power goes. */
function keychain(failAfter = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  let writes = 0;
  const name = (service: string, account: string): string => `${service} ${account}`;
  const store: SecretStore = {
    getPassword: async (service, account) => kept.get(name(service, account)) ?? null,
    setPassword: async (service, account, password) => {
      if (new TextEncoder().encode(password).length > limit) throw new Error('too long');
      if ((writes += 1) > failAfter) throw new Error('power cut');
      // Stores keep bytes: half a letter does not survive.
      kept.set(name(service, account), new TextDecoder().decode(new TextEncoder().encode(password)));
    },
    deletePassword: async (service, account) => kept.delete(name(service, account)),
  };
  return { kept, store };
}

test('secrets of any length and letters come back whole, and nothing of earlier ones stays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ maxLength: 4_000, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), async (secrets) => {
      const { kept, store } = keychain();
      const long = longSecrets(store);
      for (const secret of secrets) {
        await long.setPassword('s', 'a', secret);
        expect(await long.getPassword('s', 'a')).toBe(secret);
      }
      expect(kept.size).toBeLessThanOrEqual(1 + Math.ceil(secrets.at(-1)!.length / 799));
      expect(await long.deletePassword('s', 'a')).toBe(true);
      expect([...kept]).toEqual([]);
      expect(await long.getPassword('s', 'a')).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test('no letter is cut in two', async () => {
  const secret = `a${'😀'.repeat(1_500)}`;
  const long = longSecrets(keychain().store);
  await long.setPassword('s', 'a', secret);
  expect(await long.getPassword('s', 'a')).toBe(secret);
});

test('a power cut in mid-write leaves the secret of before, whole', async () => {
  const before = 'x'.repeat(2_000);
  for (let writes = 0; writes < 5; writes += 1) {
    const { kept, store } = keychain();
    await longSecrets(store).setPassword('s', 'a', before);
    const broken = keychain(writes);
    for (const [name, value] of kept) broken.kept.set(name, value);
    const long = longSecrets(broken.store);
    const done = await long.setPassword('s', 'a', 'y'.repeat(3_000)).then(
      () => true,
      () => false,
    );
    expect(await long.getPassword('s', 'a')).toBe(done ? 'y'.repeat(3_000) : before);
  }
});

test('a secret of which a part is gone is none', async () => {
  const { kept, store } = keychain();
  const long = longSecrets(store);
  await long.setPassword('s', 'a', 'x'.repeat(2_000));
  kept.delete('s a#a1');
  expect(await long.getPassword('s', 'a')).toBeNull();
});
