import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fileSecrets } from './file-secrets.ts';

const place = (): string => path.join(mkdtempSync(path.join(os.tmpdir(), 'hikyaku-keys-')), 'deep', 'keys.json');

it('keeps secrets apart by account and entry, in a file that only its owner can read', async () => {
  const file = place();
  const secrets = fileSecrets(file);
  expect(await secrets.available()).toBe(true);
  await secrets.set('a', 'session', 'one');
  await secrets.set('a', 'database', 'two');
  await secrets.set('b', 'session', 'three');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await secrets.delete('a', 'session');
  const again = fileSecrets(file);
  expect(await again.get('a', 'session')).toBeNull();
  expect(await again.get('a', 'database')).toBe('two');
  expect(await again.get('b', 'session')).toBe('three');
});

it('does not use a file that others can read, and leaves it alone', async () => {
  const file = place();
  const secrets = fileSecrets(file);
  await secrets.set('a', 'session', 'one');
  chmodSync(file, 0o644);
  const refused = { code: 'denied', details: { reason: 'key_file_readable' } };
  await expect(secrets.get('a', 'session')).rejects.toMatchObject(refused);
  await expect(secrets.set('a', 'session', 'two')).rejects.toMatchObject(refused);
  expect(readFileSync(file, 'utf8')).toContain('one');
});

it('does not overwrite a file that is none of ours', async () => {
  const file = place();
  await fileSecrets(file).set('a', 'session', 'one');
  writeFileSync(file, 'my shopping list');
  await expect(fileSecrets(file).set('a', 'session', 'two')).rejects.toThrow('no key file of ours');
  expect(readFileSync(file, 'utf8')).toBe('my shopping list');
});
