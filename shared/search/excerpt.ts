import { foldForSearch } from './fold.ts';
import { positionOf } from './match.ts';
import type { Term } from './query.ts';

/** UTF-16 units before a hit, and in all. */
const lead = 30;
const longest = 160;
/** What a line of a list cannot show. */
const unshowable = /[\s\p{Cc}]+/gu;

/** Some words around the first place where `text` holds the term, on one line, or null where it does not. Ellipses stand for what is cut off. */
export function excerptOf(text: string, term: Pick<Term, 'folded'>, folded = foldForSearch(text)): string | null {
  const position = positionOf(folded, term);
  if (position < 0) return null;
  const at = unfoldedPosition(text, position);
  const start = wholeFrom(text, Math.max(0, at - lead));
  const end = wholeFrom(text, Math.min(text.length, start + longest));
  const words = text.slice(start, end).replace(unshowable, ' ').trim();
  return `${start > 0 ? '…' : ''}${words}${end < text.length ? '…' : ''}`;
}

/** A place in the text that cuts no character in half. */
const wholeFrom = (text: string, at: number): number => (/^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at + 1 : at);

/** Folding is looked at in steps of so many UTF-16 units before it is looked at closely. */
const stepUnits = 256;

/** Where a place of the folded text is in the text, give or take the space between two words. */
function unfoldedPosition(text: string, position: number): number {
  let [start, before] = [0, 0];
  for (; start < text.length; start += stepUnits) {
    const length = foldForSearch(text.slice(start, start + stepUnits)).length;
    if (before + length > position) break;
    before += length;
  }
  let [least, most] = [start, Math.min(start + stepUnits, text.length)];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (before + foldForSearch(text.slice(start, middle)).length > position) most = middle;
    else least = middle + 1;
  }
  return Math.max(0, least - 1);
}
