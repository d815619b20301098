import { formatRange, parseRange } from '#shared/policy/network.ts';

/** NET-07: so many entries the rules take. */
export const mostRanges = 2_000;

/** What a pasted line turned out to be. */
export type LineFault = { readonly line: number; readonly text: string; readonly fault: 'none' | 'twice' | 'many' };

/**
 * Reads pasted lines: addresses and ranges (NET-07), in the one way they are written, and what is wrong with the others. Empty lines, what
 * follows `#`, and commas between entries do not count.
 */
export function readRanges(
  text: string,
  present: readonly string[],
): { readonly ranges: readonly string[]; readonly faults: readonly LineFault[] } {
  const ranges: string[] = [];
  const faults: LineFault[] = [];
  const known = new Set(present);
  text.split(/\r\n|[\r\n]/u).forEach((whole, index) => {
    for (const entry of whole.replace(/#.*$/u, '').split(/[,、;\t ]+/u)) {
      const typed = entry.trim().normalize('NFKC');
      if (typed === '') continue;
      const range = parseRange(typed);
      const written = range === null ? null : formatRange(range);
      if (written === null) faults.push({ line: index + 1, text: typed, fault: 'none' });
      else if (known.has(written)) faults.push({ line: index + 1, text: typed, fault: 'twice' });
      else if (known.size >= mostRanges) faults.push({ line: index + 1, text: typed, fault: 'many' });
      else {
        known.add(written);
        ranges.push(written);
      }
    }
  });
  return { ranges, faults };
}
