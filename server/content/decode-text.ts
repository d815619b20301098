/** The encodings that files of our users are in. */
export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' | 'euc-jp' | 'iso-2022-jp';
export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncodingName;
}

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean => mark.every((value, index) => bytes[index] === value);

const [nul, tab, formFeed, carriageReturn, escape, space] = [0x00, 0x09, 0x0c, 0x0d, 0x1b, 0x20];
/** Text has hardly any control characters; what has more is not text. */
const mostControls = 0.01;
/** A few broken bytes in text are shown as such; with more it is another encoding, or none. */
const mostBroken = 0.02;

/** `bytes` may end in the middle of a character: the last one is then left out. Null where they are not of that encoding. */
function decode(bytes: Uint8Array, encoding: TextEncodingName): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const noText = /[\u0000-\u0008\u000e-\u001a\ufffe\uffff]/;
const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** How much a decoded text looks like Japanese that somebody wrote: kana and kanji, but hardly any half-width katakana, which misreading makes. */
function japaneseScore(text: string): number {
  const written = countOf(text, /[ぁ-んァ-ヶー、。一-龠]/gu);
  const odd = countOf(text, /[\uff61-\uff9f]|[^\s -\u30ff\u3400-\u9fff\uff00-\uff60\u2000-\u27ff]/gu);
  return written - 2 * odd;
}

/** UTF-16 without a mark: in text of most languages, line ends and spaces at least have a zero byte, always on the same side. */
function bareUtf16(bytes: Uint8Array): TextEncodingName | null {
  let [even, odd] = [0, 0];
  const end = Math.min(bytes.length, 4_096);
  for (let at = 0; at < end; at += 1) {
    if (bytes[at] !== nul) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (odd > 0 && even === 0) return 'utf-16le';
  if (even > 0 && odd === 0) return 'utf-16be';
  return null;
}

const hasTooManyControls = (bytes: Uint8Array): boolean => {
  let found = 0;
  for (const byte of bytes) {
    if (byte === nul) return true;
    if ((byte < space && !(byte >= tab && byte <= carriageReturn) && byte !== escape && byte !== formFeed) || byte === 0x7f) found += 1;
  }
  return found > bytes.length * mostControls;
};

/** Text in the encoding that it is in, without its mark; null for what is not text. `bytes` may be the beginning of something longer. */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  const as = (encoding: TextEncodingName): DecodedText | null => {
    const text = decode(bytes, encoding);
    return text === null || noText.test(text) ? null : { text, encoding };
  };
  if (startsWith(bytes, 0xff, 0xfe)) return as('utf-16le');
  if (startsWith(bytes, 0xfe, 0xff)) return as('utf-16be');
  const bare = bareUtf16(bytes);
  if (bare !== null && bytes.length % 2 === 0) return as(bare);
  if (hasTooManyControls(bytes)) return null;
  if (bytes.includes(escape)) {
    const text = decode(bytes, 'iso-2022-jp');
    // Escape sequences that colour a terminal are no Japanese.
    if (text !== null && japaneseScore(text) > 0) return { text, encoding: 'iso-2022-jp' };
  }
  const unicode = as('utf-8');
  if (unicode !== null) return unicode;
  const [shiftJis, euc] = [as('shift_jis'), as('euc-jp')];
  if (shiftJis !== null || euc !== null) {
    const best = [shiftJis, euc]
      .filter((candidate) => candidate !== null)
      .map((candidate) => ({ candidate, score: japaneseScore(candidate.text) }))
      .toSorted((a, b) => b.score - a.score)[0]!;
    if (best.score > 0) return best.candidate;
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  return countOf(text, /\ufffd/g) > text.length * mostBroken ? null : { text, encoding: 'utf-8' };
}
