import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldedExtension, foldedFileName, matchedExtension } from '#shared/policy/extension.ts';

const letter = fc.constantFrom('a', 'b', '.', ':', ' ', 'A', 'ｂ', '\u200B');
const name = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
const extension = fc
  .array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 4 })
  .map((letters) => foldedExtension(letters.join('')))
  .filter((text) => text !== '');

test('a name matches exactly the extensions that one of its parts between colons ends with', () => {
  fc.assert(
    fc.property(name, fc.array(extension, { maxLength: 6 }), (text, extensions) => {
      const ends = foldedFileName(text)
        .split(':')
        .map((part) => part.replace(/[\s.]+$/u, ''));
      const expected = extensions.filter((one) => ends.some((end) => end.endsWith(`.${one}`)));
      const found = matchedExtension(text, extensions);
      if (expected.length === 0) expect(found).toBeNull();
      else expect(expected).toContain(found);
    }),
    { numRuns: 5_000 },
  );
});
