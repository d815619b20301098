import { foldForSearch, runsOf } from './fold.ts';

/*
 * The tokens of an index: plain strings without spaces, of which a text has a set. A search asks for the texts that have all of some tokens; what it
 * gets may be a little too much (the order of tokens is not kept), never too little, and is compared with the text itself (`match.ts`).
 *
 * Characters of scripts without spaces: each one, and each two that stand side by side. 会議室 has 会, 議, 室, 会議, 議室.
 * Words: the word, and how it begins, `^r`, `^re`, `^rep` and so on, so that the first letters of a word are looked up as fast as a whole one.
 */

/** Counts up with every change of what tokens a text has: an index of another version is made anew. */
export const tokensVersion = 2;

/** Longer words are known by their beginning alone. */
export const longestWord = 64;
/** How many letters of a word have a token of their own: who looks for more gets what begins with the most of these, and compares. */
const openings = [1, 2, 3, 4, 6, 8];
/** How many of a whole name. */
const nameOpenings = [1, 2];

/** The first `count` characters, none of them cut in half. */
export const firstCharacters = (text: string, count: number): string => [...text.slice(0, count * 2)].slice(0, count).join('');

/** Every token of a folded text. */
export function tokensOf(folded: string): Set<string> {
  const tokens = new Set<string>();
  for (const { kind, text } of runsOf(folded)) {
    if (kind === 'word') {
      tokens.add(firstCharacters(text, longestWord));
      for (const opening of openingsOf(text)) tokens.add(opening);
      continue;
    }
    let before = '';
    for (const character of text) {
      tokens.add(character);
      if (before !== '') tokens.add(before + character);
      before = character;
    }
  }
  return tokens;
}

/** What a text has to have for holding `folded`, whose last word may go on in the text. */
export function conditionsOf(folded: string): string[] {
  const found = new Set<string>();
  const all = [...runsOf(folded)];
  for (const [index, { kind, text }] of all.entries()) {
    const isLast = index === all.length - 1;
    const tokens =
      kind === 'characters' ? characterConditions(text) : isLast ? openingsOf(text).slice(-1) : [firstCharacters(text, longestWord)];
    for (const token of tokens) found.add(token);
  }
  return [...found];
}

/** How a word begins, the longest last. */
function openingsOf(word: string): string[] {
  const characters = [...word.slice(0, openings.at(-1)! * 2)];
  return openings.filter((count) => count <= characters.length).map((count) => `^${characters.slice(0, count).join('')}`);
}

function characterConditions(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return [run];
  return characters.slice(1).map((character, index) => characters[index]! + character);
}

/**
 * Further tokens of a name, for finding those that are or begin with what is looked for before all others: `=` and the whole name without what
 * follows its last dot, `<` and its first character or two.
 */
export function nameTokens(name: string): Set<string> {
  const folded = foldForSearch(name);
  const tokens = tokensOf(folded);
  const whole = compact(folded);
  for (const count of nameOpenings) tokens.add(`<${firstCharacters(whole, count)}`);
  tokens.add(`=${firstCharacters(compact(foldForSearch(stemOf(name))), longestWord)}`);
  return tokens;
}

/** Names that are `text`, as far as tokens tell. */
export const wholeNameTokens = (text: string): string[] => [
  ...new Set([text, stemOf(text)].map((whole) => `=${firstCharacters(compact(foldForSearch(whole)), longestWord)}`)),
];
/** Names that begin with the folded text, as far as tokens tell. */
export const openingToken = (folded: string): string => `<${firstCharacters(compact(folded), nameOpenings.at(-1)!)}`;

/** A name without its extension. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

const compact = (folded: string): string => folded.replaceAll(' ', '');
