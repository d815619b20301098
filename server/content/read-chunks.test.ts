import { describe, expect, it } from 'vitest';
import { frameHeaderBytes } from '#shared/contract/pack.ts';
import { packSize, runsOf } from './read-chunks.ts';

const chunk = (packId: string, offset: number, sizeBytes: number) => ({ hash: `${packId}${offset}`, packId, offset, sizeBytes });

describe('reading stored packs', () => {
  it('reads neighbours together, whatever order they are asked for, and leaves out what was not', () => {
    const [first, second, third, fourth] = [chunk('a', 40, 10), chunk('a', 86, 20), chunk('a', 142, 5), chunk('b', 40, 7)];
    expect(runsOf([fourth, second, first])).toEqual([
      { packId: 'a', offset: 4, sizeBytes: 10 + 20 + 2 * frameHeaderBytes },
      { packId: 'b', offset: 4, sizeBytes: 7 + frameHeaderBytes },
    ]);
    expect(runsOf([first, third])).toHaveLength(2);
    expect(packSize(runsOf([first, third]))).toBe(4 + 10 + 5 + 2 * frameHeaderBytes);
  });

  it('never reads more at once than a large chunk', () => {
    const size = 1_500_000;
    const chunks = Array.from({ length: 8 }, (_, index) => chunk('a', 40 + index * (size + frameHeaderBytes), size));
    expect(runsOf(chunks).map(({ sizeBytes }) => sizeBytes)).toEqual(Array.from({ length: 4 }, () => 2 * (size + frameHeaderBytes)));
  });
});
