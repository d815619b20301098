import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageChunkBytes, Chunker, largestCutBytes, smallestChunkBytes } from './chunker.ts';

/** Deterministic noise, so that the expected cuts can be written down. */
function noise(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = seed;
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Sizes of the chunks when `bytes` arrive in pieces of at most `piece`. */
function cuts(bytes: Uint8Array, piece: number): number[] {
  const chunker = new Chunker();
  const sizes: number[] = [];
  let current = 0;
  for (let start = 0; start < bytes.length; start += piece) {
    const part = bytes.subarray(start, start + piece);
    let from = 0;
    for (;;) {
      const end = chunker.next(part, from);
      if (end === -1) break;
      sizes.push(current + end - from);
      current = 0;
      from = end;
    }
    current += part.length - from;
  }
  if (current > 0) sizes.push(current);
  return sizes;
}

const hashes = (bytes: Uint8Array): string[] => {
  let at = 0;
  return cuts(bytes, bytes.length).map((size) => {
    at += size;
    return createHash('sha256')
      .update(bytes.subarray(at - size, at))
      .digest('hex');
  });
};

describe('content-defined chunks', () => {
  const sample = noise(24 * 1024 * 1024, 7);

  it('cuts the same places however the stream is split into pieces', () => {
    const whole = cuts(sample, sample.length);
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 5_000_000 }), (piece) => {
        expect(cuts(sample, piece)).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('keeps every chunk but the last between the minimum and the maximum, near the average', () => {
    const sizes = cuts(sample, sample.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sample.length);
    for (const size of sizes.slice(0, -1)) {
      expect(size).toBeGreaterThanOrEqual(smallestChunkBytes);
      expect(size).toBeLessThanOrEqual(largestCutBytes);
    }
    const mean = sample.length / sizes.length;
    expect(mean).toBeGreaterThan(averageChunkBytes * 0.7);
    expect(mean).toBeLessThan(averageChunkBytes * 1.8);
  });

  it('cuts at the maximum where the bytes never ask for a cut', () => {
    expect(cuts(new Uint8Array(9 * 1024 * 1024), 1_000_000)).toEqual([largestCutBytes, largestCutBytes, 1024 * 1024]);
  });

  it('keeps the chunks behind an insertion at the head', () => {
    const longer = new Uint8Array(sample.length + 1024 * 1024);
    longer.set(noise(1024 * 1024, 99));
    longer.set(sample, 1024 * 1024);
    const before = new Set(hashes(sample));
    const fresh = hashes(longer).filter((hash) => !before.has(hash));
    expect(fresh.length).toBeLessThanOrEqual(4);
  });

  it('never changes its cuts, since stored content is found by them', () => {
    expect(cuts(sample, sample.length).slice(0, 4)).toMatchInlineSnapshot(`
      [
        1173447,
        337100,
        1176276,
        1561186,
      ]
    `);
  });
});
