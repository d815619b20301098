import { foldForSearch } from './fold.ts';
import { positionOf } from './match.ts';
import type { Term } from './query.ts';

/** UTF-16 units before a hit, and in all. */
const lead = 30;
const longest = 160;
/** What a line of a list cannot show. */
const unshowable = /[\s\p{Cc}]+/gu;

/** Some words around the first place where `text` holds the term, on one line, or null where it does not. Ellipses stand for what is cut off. */
export function excerptOf(text: string, term: Pick<Term, 'folded'>): string | null {
  const position = positionOf(foldForSearch(text), term);
  if (position < 0) return null;
  const at = unfoldedPosition(text, position);
  const start = wholeFrom(text, Math.max(0, at - lead));
  const end = wholeFrom(text, Math.min(text.length, start + longest));
  const words = text.slice(start, end).replace(unshowable, ' ').trim();
  return `${start > 0 ? '…' : ''}${words}${end < text.length ? '…' : ''}`;
}

/** A place in the text that cuts no character in half. */
const wholeFrom = (text: string, at: number): number => (/^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at + 1 : at);

/** Where a place of the folded text is in the text: the shortest beginning whose folded form reaches it. */
function unfoldedPosition(text: string, position: number): number {
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (foldForSearch(text.slice(0, middle)).length > position) most = middle;
    else least = middle + 1;
  }
  return Math.max(0, least - 1);
}
