import { foldForSearch, isUnspaced } from './fold.ts';
import type { Query, Term } from './query.ts';
import { stemOf } from './tokens.ts';

/** Where a folded text holds a term, or -1. What begins with a word is found only where a word begins. */
export function positionOf(folded: string, { folded: wanted }: Pick<Term, 'folded'>): number {
  const atWordStart = !isUnspaced(String.fromCodePoint(wanted.codePointAt(0)!));
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    if (!atWordStart || at === 0 || folded[at - 1] === ' ' || isUnspaced(characterBefore(folded, at))) return at;
  }
  return -1;
}

function characterBefore(text: string, at: number): string {
  const unit = text[at - 1]!;
  return /[\udc00-\udfff]/.test(unit) && at > 1 ? text.slice(at - 2, at) : unit;
}

/** Whether a folded text holds all that is looked for. */
export const holdsAll = (folded: string, { terms }: Query): boolean => terms.every((term) => positionOf(folded, term) >= 0);

/** How well a name fits: it is what is looked for (with or without its extension), begins with it, or holds it. */
export type NameFit = 'whole' | 'opening' | 'inner';

/** Null for a name that is not what is looked for. */
export function nameFit(name: string, query: Query): NameFit | null {
  const folded = foldForSearch(name);
  if (query.terms.length === 0 || !holdsAll(folded, query)) return null;
  if (folded === query.folded || foldForSearch(stemOf(name)) === query.folded) return 'whole';
  return folded.startsWith(query.folded) ? 'opening' : 'inner';
}
