import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listBatches, rowBatches } from './batches.ts';

describe('pieces of statements', () => {
  it('hold every row once, in order, in few sizes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_500 }), (length) => {
        const rows = Array.from({ length }, (_, index) => index);
        const pieces = [...rowBatches(rows)];
        expect(pieces.flat()).toEqual(rows);
        for (const piece of pieces) expect([1, 4, 16, 64, 256]).toContain(piece.length);
      }),
    );
  });

  it('hold every value of a list and none besides', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3_000 }), (length) => {
        const values = Array.from({ length }, (_, index) => String(index));
        const pieces = [...listBatches(values)];
        expect([...new Set(pieces.flat())]).toEqual(values);
        for (const piece of pieces) expect([1, 4, 16, 64, 256, 1_024]).toContain(piece.length);
      }),
    );
  });
});
