import { expect, test } from 'vitest';
import { Country } from '#shared/model/rules-reach.ts';
import { countriesIn, countryName } from './countries.ts';

test('every country has a code that the rules take and a name in both languages', () => {
  for (const language of ['ja', 'en'] as const) {
    const list = countriesIn(language);
    expect(list).toHaveLength(249);
    expect(new Set(list.map(({ code }) => code)).size).toBe(249);
    for (const { code, name } of list) {
      expect(Country.safeParse(code).success).toBe(true);
      expect(name).not.toBe(code);
    }
  }
  expect([countryName('JP', 'ja'), countryName('JP', 'en')]).toEqual(['日本', 'Japan']);
});

test('a code that is none stands for itself', () => {
  expect(countryName('not a country', 'ja')).toBe('not a country');
});
