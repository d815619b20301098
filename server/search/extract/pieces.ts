/** UTF-16 units of a piece of stored text: what is unpacked at once. */
export const pieceUnits = 8_192;
/** How much of a piece stands in the next one too: more than the longest query, so that none falls between two. */
const overlapUnits = 512;

/** Cuts a text into pieces that overlap, none of them in the middle of a character. */
export function cutText(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; ; start += pieceUnits - overlapUnits) {
    const from = wholeFrom(text, start);
    pieces.push(text.slice(from, wholeFrom(text, start + pieceUnits)));
    if (start + pieceUnits >= text.length) return pieces;
  }
}

const wholeFrom = (text: string, at: number): number => (/^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at + 1 : at);
