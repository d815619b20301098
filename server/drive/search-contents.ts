import { excerptOf } from '#shared/search/excerpt.ts';
import { foldForSearch } from '#shared/search/fold.ts';
import { positionOf } from '#shared/search/match.ts';
import type { Query, Term } from '#shared/search/query.ts';
import type { Database } from '../context.ts';
import { piecesOf } from '../search/texts.ts';

/** Counts what a search has done, so that no question takes the server's time for long: it is asked on from where it stopped. */
export class Effort {
  #left: number;
  constructor(most: number) {
    this.#left = most;
  }
  spend(count: number): void {
    this.#left -= count;
  }
  get isSpent(): boolean {
    return this.#left <= 0;
  }
}
/** Reading a piece of a text, compared with looking at one node. */
const pieceEffort = 20;

/** Whether a content's text holds all that is looked for: with some words around the first of it, or null. */
export async function contentExcerpt(
  database: Database,
  tenantId: string,
  hash: string,
  { terms }: Query,
  effort: Effort,
): Promise<string | null> {
  let missing: readonly Term[] = terms;
  let excerpt: string | null = null;
  let isFirst = true;
  for await (const piece of piecesOf(database, tenantId, hash)) {
    effort.spend(pieceEffort);
    // Where a piece begins no word does: that of a word which begins there stands in the piece before it.
    const folded = (isFirst ? '' : 'a') + foldForSearch(piece);
    const found = missing.filter((term) => positionOf(folded, term) >= 0);
    if (found.length > 0 && excerpt === null) excerpt = excerptOf(piece, found[0]!);
    missing = missing.filter((term) => !found.includes(term));
    if (missing.length === 0) return excerpt ?? '';
    isFirst = false;
  }
  return null;
}
