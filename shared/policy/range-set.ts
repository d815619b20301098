/** All addresses that share the first `prefix` bits of `network`. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly network: bigint;
  readonly prefix: number;
}

/** An address as it is compared: IPv4 as one number, IPv6 as four of 32 bits. */
export type Point = number | readonly [number, number, number, number];

/** Many ranges, made for one question: is this address in any of them? Sorted and merged, so thousands cost no more than a dozen. */
export interface RangeSet {
  holds(address: Point): boolean;
}

const widthOf = { 4: 32n, 6: 128n } as const;

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** First and last address of each range, ascending, none touching another. */
function merged(ranges: readonly AddressRange[], family: 4 | 6): Span[] {
  const spans = ranges
    .filter((range) => range.family === family)
    .map(({ network, prefix }): Span => ({ first: network, last: network | ((1n << (widthOf[family] - BigInt(prefix))) - 1n) }))
    .toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: Span[] = [];
  for (const span of spans) {
    const before = result.at(-1);
    if (before === undefined || span.first > before.last + 1n) result.push(span);
    else if (span.last > before.last) result[result.length - 1] = { first: before.first, last: span.last };
  }
  return result;
}

/** The last place in `count` sorted ones whose beginning is not behind the address, or -1. */
function lastBefore(count: number, beginsBehind: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (beginsBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

const words = (value: bigint): number[] => [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));

/** Negative where the number of four words at `at` is smaller than `other`. */
function compared(all: Uint32Array, at: number, other: readonly [number, number, number, number]): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = all[at * 4 + index]! - other[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Prepares a list of ranges. */
export function rangeSet(ranges: readonly AddressRange[]): RangeSet {
  const four = merged(ranges, 4);
  const six = merged(ranges, 6);
  const fourFirsts = Uint32Array.from(four, ({ first }) => Number(first));
  const fourLasts = Uint32Array.from(four, ({ last }) => Number(last));
  const sixFirsts = Uint32Array.from(six.flatMap(({ first }) => words(first)));
  const sixLasts = Uint32Array.from(six.flatMap(({ last }) => words(last)));
  return {
    holds: (address) => {
      if (typeof address === 'number') {
        const at = lastBefore(four.length, (index) => fourFirsts[index]! > address);
        return at >= 0 && address <= fourLasts[at]!;
      }
      const at = lastBefore(six.length, (index) => compared(sixFirsts, index, address) > 0);
      return at >= 0 && compared(sixLasts, at, address) >= 0;
    },
  };
}
