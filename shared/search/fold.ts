/*
 * What text is compared by in a search. Written out once here, so that the server's indexes, the verification of what they find, and a search on the
 * client itself always agree.
 */

/** Scripts written without spaces between words, and symbols: every character of them can be looked for by itself. */
const unspaced =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Bopomofo}\\p{scx=Hangul}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}\\p{So}';

const isUnspacedCharacter = new RegExp(`^[${unspaced}]$`, 'u');
/** The runs of a folded text: characters without spaces between words, or one word. */
const runs = new RegExp(`([${unspaced}]+)|([^${unspaced} ]+)`, 'gu');

/** Marks that no reader sees: joiners, soft hyphens, direction marks, and the variants of a kanji. */
const unseen = /[\p{Cf}\p{Variation_Selector}]+/gu;
const voicedMarks = /[゛゜]/g;
const katakana = /[ァ-ヶヽヾ]/g;
/** What stands for a long vowel after kana where somebody had no other key for it. */
const longAfterKana = /([ぁ-ゖー])([‐‑‒–—―−─〜~]+)/g;
const others = /[^\p{L}\p{N}\p{M}\p{So}]+/gu;
const kanaDistance = 0x60;

/**
 * Folds a text for searching: NFKC (full and half width, ligatures), upper and lower case, katakana to hiragana, one sign for long vowels, invisible
 * marks left out, and everything between words as one space. Folding what is folded changes nothing.
 *
 * Iteration marks (々, ゝ) stay the characters that they are: 佐々木 is found by 々木.
 */
export function foldForSearch(text: string): string {
  return text
    .replace(unseen, '')
    .replace(voicedMarks, (mark) => (mark === '゛' ? '\u3099' : '\u309a'))
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('ς', 'σ')
    .replace(katakana, (sign) => String.fromCharCode(sign.charCodeAt(0) - kanaDistance))
    .replace(longAfterKana, (_, kana: string, dashes: string) => kana + 'ー'.repeat(dashes.length))
    .replace(others, ' ')
    .trim();
}

/** A stretch of a folded text without spaces. */
export interface Run {
  readonly kind: 'characters' | 'word';
  readonly text: string;
}

/** The runs of a folded text, in order. */
export function* runsOf(folded: string): Generator<Run> {
  for (const [, characters, word] of folded.matchAll(runs)) {
    yield characters === undefined ? { kind: 'word', text: word! } : { kind: 'characters', text: characters };
  }
}

/** Whether a character of a folded text stands in a run of characters: a word can begin right after it. */
export const isUnspaced = (character: string): boolean => isUnspacedCharacter.test(character);
