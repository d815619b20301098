import { expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { mostExtensions, presets, readExtensions } from './extensions.ts';

test('extensions are read as people write them, into what the rules store', () => {
  const { extensions, faults } = readExtensions('.EXE, *.Bat、ｓｃｒ\ntar.gz  exe', ['bat']);
  expect(extensions).toEqual(['exe', 'scr', 'tar.gz']);
  expect(faults).toEqual([
    { text: '*.Bat', fault: 'twice' },
    { text: 'exe', fault: 'twice' },
  ]);
  expect(applyPatch(defaultPolicy, { blockedExtensions: { talk: [...extensions] } }).blockedExtensions.talk).toEqual(extensions.toSorted());
});

test('what is no extension is told, one by one', () => {
  expect(readExtensions('... c:\\x a/b', []).faults.map(({ fault }) => fault)).toEqual(['invalid', 'invalid', 'invalid']);
});

test('the list ends at two hundred', () => {
  const present = Array.from({ length: mostExtensions - 1 }, (_, index) => `x${index}`);
  expect(readExtensions('one two', present)).toEqual({ extensions: ['one'], faults: [{ text: 'two', fault: 'many' }] });
});

test('every ready-made set is stored as it is written', () => {
  const all = Object.values(presets).flat();
  expect(readExtensions(all.join(' '), [])).toEqual({ extensions: all, faults: [] });
});
