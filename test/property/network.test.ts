import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRange, isWithin, parseAddress, parseRange, rangeHolds } from '#shared/policy/network.ts';

const byte = fc.integer({ min: 0, max: 255 });
const four = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'));
const group = fc.oneof(fc.constant('0'), fc.stringMatching(/^[0-9a-fA-F]{1,4}$/));
/** IPv6 in all its spellings: full, shortened at any place, with IPv4 at its end. */
const six = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.option(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 8 }))), fc.option(four))
  .map(([groups, cut, end]) => {
    const parts = end === null ? groups : [...groups.slice(0, 6), end];
    if (cut === null) return parts.join(':');
    const start = Math.min(cut[0], parts.length - 1);
    const kept = end === null ? parts.length : parts.length - 1;
    const stop = Math.min(start + cut[1], kept);
    if (stop <= start) return parts.join(':');
    return `${parts.slice(0, start).join(':')}::${parts.slice(stop).join(':')}`;
  })
  .filter((text) => isIP(text) === 6);
const isMapped = (text: string): boolean => parseAddress(text)?.family === 4;
const address = fc.oneof(four, six);

const near = fc.oneof(
  fc.tuple(four, fc.integer({ min: 0, max: 32 })).map(([network, prefix]) => ({ network, prefix, family: 'ipv4' as const })),
  fc
    .tuple(
      six.filter((text) => !isMapped(text)),
      fc.integer({ min: 0, max: 128 }),
    )
    .map(([network, prefix]) => ({ network, prefix, family: 'ipv6' as const })),
);

test('what is an address to the system is one here, and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(address, fc.string({ maxLength: 20 }), fc.stringMatching(/^[0-9a-f:.]{1,24}$/)), (text) => {
      expect([text, parseAddress(text) !== null]).toEqual([text, isIP(text) !== 0]);
    }),
    { numRuns: 5_000 },
  );
});

test('a range holds exactly the addresses that node’s own list holds', () => {
  fc.assert(
    fc.property(near, address, fc.nat(128), ({ network, prefix, family }, other, flipped) => {
      const list = new BlockList();
      list.addSubnet(network, prefix, family);
      const range = parseRange(`${network}/${prefix}`)!;
      // Besides any address, one that differs from the range's own in a single bit: the border is where mistakes are.
      const own = parseAddress(network)!;
      const width = own.family === 4 ? 32 : 128;
      const beside = { family: own.family, value: own.value ^ (1n << BigInt(flipped % width)) };
      const besideText = formatRange({ family: beside.family, network: beside.value, prefix: width });
      for (const text of [other, network, besideText]) {
        const asked = parseAddress(text)!;
        // Ranges of one family never hold addresses of the other; mapped ones are IPv4.
        const plain = formatRange({ family: asked.family, network: asked.value, prefix: asked.family === 4 ? 32 : 128 });
        const expected = range.family === asked.family && list.check(plain, asked.family === 4 ? 'ipv4' : 'ipv6');
        expect([text, rangeHolds(range, asked)]).toEqual([text, expected]);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('a range is written in one way, which says the same and stays as it is', () => {
  fc.assert(
    fc.property(near, address, ({ network, prefix }, other) => {
      const range = parseRange(`${network}/${prefix}`)!;
      const written = formatRange(range);
      expect(parseRange(written)).toEqual(range);
      expect(formatRange(parseRange(written)!)).toBe(written);
      expect(rangeHolds(parseRange(written)!, parseAddress(other)!)).toBe(rangeHolds(range, parseAddress(other)!));
    }),
    { numRuns: 2_000 },
  );
});

test('a long list holds an address exactly where one of its ranges does', () => {
  const list = fc.array(near, { maxLength: 60 }).map((ranges) => ranges.map(({ network, prefix }) => `${network}/${prefix}`));
  fc.assert(
    fc.property(list, address, fc.nat(59), fc.nat(127), (ranges, other, picked, flipped) => {
      const chosen = ranges.length === 0 ? null : parseRange(ranges[picked % ranges.length]!)!;
      const asked = [other];
      if (chosen !== null) {
        const width = chosen.family === 4 ? 32 : 128;
        for (const value of [chosen.network, chosen.network - 1n, chosen.network ^ (1n << BigInt(flipped % width))]) {
          if (value >= 0n) asked.push(formatRange({ family: chosen.family, network: value, prefix: width }));
        }
        const last = chosen.network | ((1n << BigInt(width - chosen.prefix)) - 1n);
        asked.push(formatRange({ family: chosen.family, network: last, prefix: width }));
        if (last + 1n < 1n << BigInt(width)) asked.push(formatRange({ family: chosen.family, network: last + 1n, prefix: width }));
      }
      for (const text of asked) {
        const expected = ranges.some((range) => rangeHolds(parseRange(range)!, parseAddress(text)!));
        expect([text, isWithin(text, ranges)]).toEqual([text, expected]);
      }
    }),
    { numRuns: 3_000 },
  );
});
