/** A stretch of a text; `hit` where it is what was looked for. */
export interface Stretch {
  readonly text: string;
  readonly hit: boolean;
}

const graphemes = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** As the index compares: width and case do not matter, nor whether kana are hira- or katakana. */
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u3041-\u3096]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));

/** The words that are looked for, as typed between blanks. */
export const wordsOf = (query: string): readonly string[] => query.split(/[\s　]+/u).filter((word) => word !== '');

/** Cuts a text where words of the query stand in it, so that they can be marked; folding never tears a letter apart. */
export function markHits(text: string, query: string): readonly Stretch[] {
  const letters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const keys = letters.map(folded);
  const marked = letters.map(() => false);
  for (const word of wordsOf(query).map(folded)) {
    for (let start = 0; start < letters.length; start += 1) {
      let found = '';
      let end = start;
      while (end < letters.length && found.length < word.length && word.startsWith(found + keys[end]!)) found += keys[end++]!;
      if (found === word) marked.fill(true, start, end);
    }
  }
  const stretches: { text: string; hit: boolean }[] = [];
  for (const [index, letter] of letters.entries()) {
    const last = stretches.at(-1);
    if (last !== undefined && last.hit === marked[index]) last.text += letter;
    else stretches.push({ text: letter, hit: marked[index]! });
  }
  return stretches;
}
