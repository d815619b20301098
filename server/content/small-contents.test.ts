import { expect, test } from 'vitest';
import { smallContents } from './small-contents.ts';

const kibibyte = 1_024;

test('what was not asked for the longest goes, and no more is held than may be', () => {
  const contents = smallContents();
  const piece = (value: number): Uint8Array => new Uint8Array(64 * kibibyte).fill(value);
  for (let index = 0; index < 512; index += 1) contents.keep(`k${index}`, piece(index));
  expect(contents.get('k0')?.[0]).toBe(0);
  contents.keep('k512', piece(7));
  expect(contents.get('k0')).not.toBeNull();
  expect(contents.get('k1')).toBeNull();
  expect(contents.get('k512')?.[5]).toBe(7);
});

test('large contents are not held', () => {
  const contents = smallContents();
  contents.keep('large', new Uint8Array(64 * kibibyte + 1));
  expect(contents.get('large')).toBeNull();
});
