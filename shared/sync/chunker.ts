/**
 * Content-defined chunking (FastCDC, after Xia et al., USENIX ATC 2016): a boundary depends on the bytes around it, so an insertion
 * moves only the chunks it touches. Table, sizes and masks are version 1 of the format: all clients must cut alike to share chunks.
 */
export const smallestChunkBytes = 256 * 1024;
export const averageChunkBytes = 1024 * 1024;
export const largestCutBytes = 4 * 1024 * 1024;
/** Files up to this size are one chunk and are not cut at all. */
export const singleChunkBytes = 1024 * 1024;

/** Normalisation level 2: 22 zero bits are asked for before the average size, 18 after it. The high bits have seen the most bytes. */
const strictShift = 32 - 22;
const looseShift = 32 - 18;

/** The gear table, version 1: 256 words of splitmix32 from a fixed seed. */
function gearTable(): Int32Array {
  const table = new Int32Array(256);
  let state = 0x48494b31;
  for (let index = 0; index < 256; index += 1) {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    table[index] = word ^ (word >>> 15);
  }
  return table;
}
const gear = gearTable();

/** Finds the cuts of one stream, fed piece by piece; keeps 8 bytes of state and no content. */
export class Chunker {
  #hash = 0;
  #length = 0;

  /**
   * Looks at `bytes` from `from` on. Returns the index right after the last byte of the current chunk, or -1 when the chunk goes on
   * past `bytes`. After a cut, call again with that index.
   */
  next(bytes: Uint8Array, from: number): number {
    const end = bytes.length;
    let at = from;
    let length = this.#length;
    if (length < smallestChunkBytes) {
      // Nothing is cut before the minimum, so nothing is hashed there either.
      const skipped = Math.min(smallestChunkBytes - length, end - at);
      at += skipped;
      length += skipped;
    }
    let hash = this.#hash;
    const strictEnd = Math.min(end, at + Math.max(0, averageChunkBytes - length));
    const base = at - length;
    for (; at < strictEnd; at += 1) {
      hash = ((hash << 1) + gear[bytes[at]!]!) | 0;
      if (hash >>> strictShift === 0) return this.#cut(at + 1);
    }
    const looseEnd = Math.min(end, base + largestCutBytes);
    for (; at < looseEnd; at += 1) {
      hash = ((hash << 1) + gear[bytes[at]!]!) | 0;
      if (hash >>> looseShift === 0) return this.#cut(at + 1);
    }
    if (at - base >= largestCutBytes) return this.#cut(at);
    this.#hash = hash;
    this.#length = at - base;
    return -1;
  }

  #cut(at: number): number {
    this.#hash = 0;
    this.#length = 0;
    return at;
  }
}
