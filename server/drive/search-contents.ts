import { excerptOf } from '#shared/search/excerpt.ts';
import { foldForSearch } from '#shared/search/fold.ts';
import { positionOf } from '#shared/search/match.ts';
import type { Query, Term } from '#shared/search/query.ts';
import type { Database } from '../context.ts';
import { pieceUnits } from '../search/extract/pieces.ts';
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

/** Whether a content's text holds all that is looked for: with some words around the first of it, or null. `first` is how the text begins. */
export async function contentExcerpt(
  database: Database,
  tenantId: string,
  content: { readonly hash: string; readonly first: string },
  { terms }: Query,
  effort: Effort,
): Promise<string | null> {
  let missing: readonly Term[] = terms;
  let excerpt: string | null = null;
  const look = (piece: string, folded: string): boolean => {
    effort.spend(pieceEffort);
    const found = missing.filter((term) => positionOf(folded, term) >= 0);
    if (found.length > 0 && excerpt === null) excerpt = excerptOf(piece, found[0]!);
    missing = missing.filter((term) => !found.includes(term));
    return missing.length === 0;
  };
  if (look(content.first, foldForSearch(content.first))) return excerpt;
  if (content.first.length < pieceUnits) return null;
  for await (const piece of piecesOf(database, tenantId, content.hash, 1)) {
    // Where a piece begins no word does: one that seems to stands in the piece before as well.
    if (look(piece, `a${foldForSearch(piece)}`)) return excerpt;
  }
  return null;
}
