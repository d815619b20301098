/** Hiragana to katakana, wide to narrow, lower case: so that たなか finds タナカ. */
export const searchKey = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u3041-\u3096]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
    .replace(/[\s・]+/gu, '');

/** Whether any of `texts` (a name, its kana reading, a member id) holds `query`. */
export const textMatches = (texts: readonly string[], query: string): boolean => {
  const key = searchKey(query);
  return texts.some((text) => searchKey(text).includes(key));
};

/** Letters typed in a list one after another: collects them and forgets after `milliseconds` of silence. */
export class TypeAhead {
  #typed = '';
  #last = -Infinity;
  readonly #milliseconds: number;

  constructor(milliseconds = 800) {
    this.#milliseconds = milliseconds;
  }

  /** The index of the item after `from` that starts with what was typed so far, or -1. `now` in milliseconds. */
  find(letter: string, now: number, from: number, count: number, textsOf: (index: number) => readonly string[]): number {
    this.#typed = now - this.#last > this.#milliseconds ? letter : this.#typed + letter;
    this.#last = now;
    const key = searchKey(this.#typed);
    const start = this.#typed.length === 1 ? from + 1 : Math.max(from, 0);
    for (let step = 0; step < count; step += 1) {
      const index = (start + step) % count;
      if (textsOf(index).some((text) => searchKey(text).startsWith(key))) return index;
    }
    return -1;
  }
}
