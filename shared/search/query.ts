import { foldForSearch } from './fold.ts';
import { conditionsOf } from './tokens.ts';

/** One thing that a text must hold. */
export interface Term {
  /** Folded; never empty. */
  readonly folded: string;
  /** Tokens that a text with it has. */
  readonly conditions: readonly string[];
}

/** What somebody looks for. */
export interface Query {
  /** All of them must be there. None where nothing can be looked for, for instance in `…`. */
  readonly terms: readonly Term[];
  /** Everything, folded, without quotes: for names that are or begin with it. */
  readonly folded: string;
}

/** The most UTF-16 units of a query that are looked at. */
const longestQuery = 200;
const mostTerms = 20;

const quotes = /["“”„＂]/g;
const pieces = /"([^"]*)"?|[^\s"]+/gu;
/** サーバー and サーバ are one word to who looks for it; コピー without its last sign would be part of too many others. */
const finalLongVowel = /(?<=[ぁ-ゖー]{3})ー$/;

/**
 * Reads what somebody typed: terms between spaces (also full-width ones), each of which must be there as it is; what stands in quotes is one term
 * with its spaces. The last word of a term may go on in the text. Never throws.
 */
export function parseQuery(text: string): Query {
  const plain = text.slice(0, longestQuery).replace(quotes, '"');
  const terms = new Map<string, Term>();
  for (const [whole, quoted] of plain.matchAll(pieces)) {
    const folded = foldForSearch(quoted ?? whole).replace(finalLongVowel, '');
    if (folded !== '' && terms.size < mostTerms) terms.set(folded, { folded, conditions: conditionsOf(folded) });
  }
  return { terms: [...terms.values()], folded: foldForSearch(plain.replaceAll('"', ' ')) };
}

/** The most conditions that an index is asked for at once; the text decides on the rest. */
const mostConditions = 40;

/** What a text must have in the index to come into question. */
export const queryConditions = ({ terms }: Query): string[] =>
  [...new Set(terms.flatMap(({ conditions }) => conditions))].slice(0, mostConditions);
