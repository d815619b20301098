/**
 * A set of marks in little memory: 16 to 32 bytes each. Two marks that meet by chance (once in 2^52) only keep something longer than needed.
 */
export class Marks {
  #slots = new Float64Array(1_024);
  #size = 0;

  /** @param mark a whole number from 1 on, evenly spread */
  add(mark: number): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    if (put(this.#slots, mark)) this.#size += 1;
  }

  has(mark: number): boolean {
    const slots = this.#slots;
    for (let at = mark % slots.length; ; at = (at + 1) % slots.length) {
      if (slots[at] === mark) return true;
      if (slots[at] === 0) return false;
    }
  }

  get size(): number {
    return this.#size;
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2);
    for (const mark of this.#slots) if (mark !== 0) put(larger, mark);
    this.#slots = larger;
  }
}

function put(slots: Float64Array, mark: number): boolean {
  for (let at = mark % slots.length; ; at = (at + 1) % slots.length) {
    if (slots[at] === mark) return false;
    if (slots[at] === 0) {
      slots[at] = mark;
      return true;
    }
  }
}

/** The mark of a chunk, from the first 52 bits of its hash. */
export const chunkMark = (hash: string): number => Number.parseInt(hash.slice(0, 13), 16) + 1;

/** The mark of a chunk in one scope under one ending, from its hash and the digest of the two. */
export function scopeMark(hash: string, digest: string): number {
  const high = Number.parseInt(hash.slice(0, 5), 16) ^ Number.parseInt(digest.slice(0, 5), 16);
  const low = Number.parseInt(hash.slice(5, 13), 16) ^ Number.parseInt(digest.slice(5, 13), 16);
  return high * 0x1_0000_0000 + (low >>> 0) + 1;
}
