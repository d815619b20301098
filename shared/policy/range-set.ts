import type { Address, AddressRange } from './network.ts';

/** Many ranges, made for one question: is this address in any of them? Sorted and merged, so thousands cost no more than a dozen. */
export interface RangeSet {
  holds(address: Address): boolean;
}

const widthOf = { 4: 32n, 6: 128n } as const;

/** First and last address of each range, ascending, none touching another. */
function merged(ranges: readonly AddressRange[], family: 4 | 6): { first: bigint; last: bigint }[] {
  const spans = ranges
    .filter((range) => range.family === family)
    .map(({ network, prefix }) => ({ first: network, last: network | ((1n << (widthOf[family] - BigInt(prefix))) - 1n) }))
    .toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: { first: bigint; last: bigint }[] = [];
  for (const span of spans) {
    const before = result.at(-1);
    if (before === undefined || span.first > before.last + 1n) result.push({ ...span });
    else if (span.last > before.last) before.last = span.last;
  }
  return result;
}

/** Whether one of the spans, each from `firsts[i]` to `lasts[i]`, holds the value. */
function within<T extends number | bigint>(firsts: ArrayLike<T>, lasts: ArrayLike<T>, value: T): boolean {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value <= lasts[low - 1]!;
}

/** Prepares a list of ranges. */
export function rangeSet(ranges: readonly AddressRange[]): RangeSet {
  const four = merged(ranges, 4);
  const six = merged(ranges, 6);
  const fourFirsts = Uint32Array.from(four, ({ first }) => Number(first));
  const fourLasts = Uint32Array.from(four, ({ last }) => Number(last));
  const sixFirsts = six.map(({ first }) => first);
  const sixLasts = six.map(({ last }) => last);
  return {
    holds: ({ family, value }) => (family === 4 ? within(fourFirsts, fourLasts, Number(value)) : within(sixFirsts, sixLasts, value)),
  };
}
