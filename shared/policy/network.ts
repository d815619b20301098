import { rangeSet, type AddressRange, type Point, type RangeSet } from './range-set.ts';

/** An address as a number of 32 (IPv4) or 128 bits (IPv6). */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const widthOf = { 4: 32, 6: 128 } as const;

/** Reads an IPv4 or IPv6 address (RFC 4291 2.2); a zone such as `%eth0` does not count. Null for anything else. */
export function parseAddress(text: string): Address | null {
  const point = pointOf(text);
  if (point === null) return null;
  if (typeof point === 'number') return { family: 4, value: BigInt(point) };
  return { family: 6, value: point.reduce((value, word) => (value << 32n) | BigInt(word), 0n) };
}

/** The same without big numbers, as sets of ranges are asked: requests are judged by thousands. */
function pointOf(text: string): Point | null {
  if (!text.includes(':')) {
    const four = parseFour(text);
    return four < 0 ? null : four;
  }
  const groups = parseSix(text);
  if (groups === null) return null;
  const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number];
  const last = g * 65_536 + h;
  // IPv4 written within IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) is the same address to every rule.
  if (f === 0xffff && a + b + c + d + e === 0) return last;
  return [a * 65_536 + b, c * 65_536 + d, e * 65_536 + f, last];
}

/** Reads one address or a range such as `10.0.0.0/8` or `2001:db8::/32` (NET-07); bits past the prefix fall away. Null for anything else. */
export function parseRange(text: string): AddressRange | null {
  const [network = '', length, ...rest] = text.trim().split('/');
  if (rest.length > 0 || network.includes('%') || (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length))) return null;
  const address = parseAddress(network);
  if (address === null) return null;
  const written = network.includes(':') ? 128 : 32;
  const given = length === undefined ? written : Number(length);
  // A range of mapped addresses is one of IPv4; a wider one than all of those is nothing that can be meant.
  const prefix = given - (written - widthOf[address.family]);
  if (given > written || prefix < 0) return null;
  const host = BigInt(widthOf[address.family] - prefix);
  return { family: address.family, network: (address.value >> host) << host, prefix };
}

/** Whether the range holds the address; ranges of the other family never do. */
export function rangeHolds({ family, network, prefix }: AddressRange, address: Address): boolean {
  if (family !== address.family) return false;
  const host = BigInt(widthOf[family] - prefix);
  return address.value >> host === network >> host;
}

/** Rules are judged with every request and change seldom: a list is read once. */
const read = new WeakMap<readonly string[], RangeSet>();

function setOf(ranges: readonly string[]): RangeSet {
  const known = read.get(ranges);
  if (known !== undefined) return known;
  const set = rangeSet(ranges.map((text) => parseRange(text)).filter((range) => range !== null));
  read.set(ranges, set);
  return set;
}

/** Whether any of the ranges, as the rules have them, holds the address. What is no address is in none (NET-01). */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const asked = pointOf(address);
  return asked !== null && setOf(ranges).holds(asked);
}

/** Loopback, private, link-local and carrier-shared networks (RFC 1122, 1918, 3927, 4193, 4291, 6598): they are in no country. */
const privateRanges = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'];
const privateNetworks: readonly string[] = [...privateRanges, '::1', 'fc00::/7', 'fe80::/10'];

/** Whether an address is of a network that no country has. */
export const isPrivate = (address: string): boolean => isWithin(address, privateNetworks);

/** The one way a range is written: bits past the prefix zero, IPv6 as in RFC 5952, single addresses without prefix. */
export function formatRange({ family, network, prefix }: AddressRange): string {
  const address = family === 4 ? formatFour(network) : formatSix(network);
  return prefix === widthOf[family] ? address : `${address}/${prefix}`;
}

/** Four numbers of at most 255 without leading zeros; -1 for anything else. Letter by letter, because every request is judged by its address. */
function parseFour(text: string): number {
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const digit = text.charCodeAt(index) - zero;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    } else {
      if (part < 0 || (index < text.length && text[index] !== '.')) return -1;
      value = value * 256 + part;
      parts += 1;
      part = -1;
    }
  }
  return parts === 4 ? value : -1;
}
const zero = 48;

/** The value of a hexadecimal digit, or -1. */
function hexOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The eight groups of 16 bits of an IPv6 address, whose end may be written as IPv4; null for anything else. */
function parseSix(whole: string): number[] | null {
  const zone = whole.indexOf('%');
  if (zone >= 0 && !/^%[^%/]+$/.test(whole.slice(zone))) return null;
  const text = zone < 0 ? whole : whole.slice(0, zone);
  const groups: number[] = [];
  let gap = -1;
  let index = 0;
  if (text.startsWith('::')) {
    gap = 0;
    index = 2;
  }
  while (index < text.length) {
    const start = index;
    let value = 0;
    for (let digit = hexOf(text.charCodeAt(index)); digit >= 0; digit = hexOf(text.charCodeAt(index))) {
      value = value * 16 + digit;
      index += 1;
    }
    if (text[index] === '.') {
      const four = parseFour(text.slice(start));
      if (four < 0) return null;
      groups.push(Math.floor(four / 65_536), four % 65_536);
      break;
    }
    if (index === start || index - start > 4) return null;
    groups.push(value);
    if (index === text.length) break;
    if (text[index] !== ':') return null;
    index += 1;
    if (text[index] === ':') {
      if (gap >= 0) return null;
      gap = groups.length;
      index += 1;
    } else if (index === text.length) return null;
  }
  const missing = 8 - groups.length;
  if (gap < 0) return missing === 0 ? groups : null;
  if (missing < 1) return null;
  const zeros = Array.from({ length: missing }, () => 0);
  return [...groups.slice(0, gap), ...zeros, ...groups.slice(gap)];
}

const formatFour = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');

function formatSix(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - index * 16)) & 0xffffn));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
