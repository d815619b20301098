import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSealer } from './secrets.ts';

const key = randomBytes(32);
const sealer = makeSealer(key, 'tests', (sizeBytes) => randomBytes(sizeBytes));
const place = ['acme', 'sato', 'totp'];

test('what was sealed opens again, and never looks the same twice', () => {
  const [one, two] = [sealer.seal('秘密 secret', place), sealer.seal('秘密 secret', place)];
  expect(one).not.toBe(two);
  expect(one).not.toContain('secret');
  expect([sealer.open(one, place), sealer.open(two, place)]).toEqual(['秘密 secret', '秘密 secret']);
});

test('it opens for nobody else, for nothing else, with no other key, and not when it was changed', () => {
  const sealed = sealer.seal('secret', place);
  expect(() => sealer.open(sealed, ['acme', 'tanaka', 'totp'])).toThrow('does not open');
  expect(() => sealer.open(sealed, ['acme', 'sato,totp'])).toThrow('does not open');
  const random = (sizeBytes: number): Uint8Array => randomBytes(sizeBytes);
  expect(() => makeSealer(key, 'other things', random).open(sealed, place)).toThrow('does not open');
  expect(() => makeSealer(randomBytes(32), 'tests', random).open(sealed, place)).toThrow('does not open');
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  for (const at of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => sealer.open(`v1.${changed.toString('base64url')}`, place)).toThrow('does not open');
  }
  for (const nonsense of ['', 'v1.', 'v2.AAAA', sealed.slice(0, 30)]) expect(() => sealer.open(nonsense, place)).toThrow('sealed');
});
