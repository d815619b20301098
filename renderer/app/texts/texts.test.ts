import { describe, expect, test } from 'vitest';
import { DenyReason } from '#shared/model/decision.ts';
import { errorCodes } from '#shared/base/errors.ts';
import { consoleTexts } from '../../admin/texts/all.ts';
import { makeTexts } from '../i18n.ts';
import { features } from './all.ts';

const holes = (text: string) => Array.from(text.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name!).toSorted();

describe.each(Object.entries({ ...features, ...consoleTexts }))('the texts of %s', (_, { ja, en }) => {
  const english: Record<string, string> = en;
  const japanese: Record<string, string> = ja;

  test('exist in both languages', () => {
    const bare = new Set(Object.keys(english).map((key) => key.replace(/_(one|other)$/u, '')));
    const missing = Object.keys(japanese).filter((key) => !(key in english) && !(`${key}_one` in english && `${key}_other` in english));
    expect(missing).toEqual([]);
    expect([...bare].filter((key) => !(key in japanese) && !(`${key}_other` in japanese))).toEqual([]);
  });

  test('take the same values in both languages', () => {
    for (const [key, text] of Object.entries(japanese)) {
      const translated = english[key] ?? english[`${key}_other`]!;
      expect([key, holes(translated)]).toEqual([key, holes(text)]);
    }
  });

  test('keep to the wording rules', () => {
    for (const text of Object.values(japanese)) {
      expect(text).not.toMatch(/させていただ|エラーが発生|[!！]/u);
      expect(text, 'full-width punctuation between Japanese letters').not.toMatch(/[ぁ-んァ-ン一-龯][,.:?]|\([ぁ-ん一-龯]/u);
    }
    for (const text of Object.values(english)) {
      expect(text).not.toMatch(/!|\b[Pp]lease\b|\b[Oo]ops\b/u);
    }
  });
});

test('a text that is empty in Japanese is shown empty, not in English', () => {
  const { t } = makeTexts('ja');
  expect([t('sync:space'), t('drive:space')]).toEqual(['', '']);
});

test('every reason to deny and every error code has its text', () => {
  const known = Object.keys(features.reasons.ja);
  expect(DenyReason.options.filter((reason) => !known.includes(reason))).toEqual([]);
  expect(Object.keys(errorCodes).filter((code) => !known.includes(`code_${code}`))).toEqual([]);
});
