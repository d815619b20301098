import { expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { ruleNames } from '../texts/rule-names.ts';
import { allPaths } from './draft.ts';
import { keyOf } from './rule-text.ts';

test('every rule has a name and a sentence that tells what it does', () => {
  const known = Object.keys(ruleNames.ja);
  const missing = allPaths(defaultPolicy)
    .map(keyOf)
    .flatMap((key) => [key, `${key}_effect`])
    .filter((key) => !known.includes(key));
  expect(missing).toEqual([]);
});

test('no text tells of a rule that is not there', () => {
  const keys = allPaths(defaultPolicy).map(keyOf);
  const left = Object.keys(ruleNames.ja).filter((key) => !key.startsWith('of_') && !keys.includes(key.replace(/_effect$/u, '')));
  expect(left).toEqual([]);
});
