import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeNewPassword } from '#shared/policy/password.ts';
import { generatePassword } from './generate-password.ts';

test('a made password keeps every rule that there can be', () => {
  const bytes = (seed: Uint8Array) => {
    let calls = 0;
    // A source that can be bad at first: all the same letter, without a digit.
    return (sizeBytes: number): Uint8Array =>
      calls++ === 0 ? Uint8Array.from({ length: sizeBytes }, (_, at) => seed[at] ?? 0) : randomBytes(sizeBytes);
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 18 }),
      fc.integer({ min: 8, max: 20 }),
      fc.constantFrom(20, 128),
      fc.constantFrom('letters_digits' as const, 'letters_digits_special' as const),
      (seed, minimumLength, maximumLength, format) => {
        const password = generatePassword(bytes(seed));
        expect(judgeNewPassword(password, 'sato', { format, minimumLength, maximumLength, reuseBan: 5 })).toBeNull();
        expect(password).toMatch(/^[a-km-np-z2-9]{6}(-[a-km-np-z2-9]{6}){2}$/u);
      },
    ),
  );
});

test('no two are the same', () => {
  const made = Array.from({ length: 2_000 }, () => generatePassword((sizeBytes) => randomBytes(sizeBytes)));
  expect(new Set(made).size).toBe(made.length);
});
