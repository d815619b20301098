import { expect, test } from 'vitest';
import { formatRange, parseAddress, parseRange, rangeHolds } from './network.ts';

const written = (text: string): string | null => {
  const range = parseRange(text);
  return range === null ? null : formatRange(range);
};
const holds = (range: string, address: string): boolean => rangeHolds(parseRange(range)!, parseAddress(address)!);

test.each([
  ['192.168.1.77/24', '192.168.1.0/24'],
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/32', '10.1.2.3'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::ffff/33', '2001:db8::/33'],
  ['fd00::/8', 'fd00::/8'],
  ['::', '::'],
  ['::1/128', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  [' 10.0.0.0/8 ', '10.0.0.0/8'],
])('%s is written %s', (given, expected) => {
  expect(written(given)).toBe(expected);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0-10.0.0.9',
  'example.com',
  '*',
  '1::2::3',
  '1:2:3:4:5:6:7:8::',
  '::/129',
  'fe80::1%eth0/64',
  '::ffff:10.0.0.0/90',
  '１０.0.0.1',
])('%j is no range', (text) => {
  expect(parseRange(text)).toBeNull();
});

test('mapped addresses and zones are the addresses that they mean', () => {
  expect(holds('192.0.2.0/24', '::ffff:192.0.2.9')).toBe(true);
  expect(holds('192.0.2.0/24', '::FFFF:c000:209')).toBe(true);
  expect(holds('fe80::/10', 'fe80::1%eth0')).toBe(true);
  expect(holds('::/0', '192.0.2.1')).toBe(false);
  expect(holds('0.0.0.0/0', '2001:db8::1')).toBe(false);
});
