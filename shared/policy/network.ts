import { rangeSet, type RangeSet } from './range-set.ts';

/** An address as a number of 32 (IPv4) or 128 bits (IPv6). */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}
/** All addresses that share the first `prefix` bits of `network`. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly network: bigint;
  readonly prefix: number;
}

const widthOf = { 4: 32, 6: 128 } as const;
/** IPv4 written within IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2): the same address to every rule. */
const mappedPrefix = 0xffffn << 32n;

/** Reads an IPv4 or IPv6 address (RFC 4291 2.2); a zone such as `%eth0` does not count. Null for anything else. */
export function parseAddress(text: string): Address | null {
  const address = text.includes(':') ? parseSix(text.replace(/%[^%/]+$/, '')) : parseFour(text);
  if (address?.family === 6 && address.value >> 32n === mappedPrefix >> 32n) return { family: 4, value: address.value & 0xffffffffn };
  return address;
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
  const asked = parseAddress(address);
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

/** Four numbers of at most 255 without leading zeros; letter by letter, because every request is judged by its address. */
function parseFour(text: string): Address | null {
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return null;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return null;
    } else {
      if (part < 0 || (index < text.length && digit !== dot)) return null;
      value = value * 256 + part;
      parts += 1;
      part = -1;
    }
  }
  return parts === 4 ? { family: 4, value: BigInt(value) } : null;
}
/** `.` counted from `0`. */
const dot = -2;

function parseSix(text: string): Address | null {
  const [before = '', after, ...rest] = text.split('::');
  if (rest.length > 0) return null;
  const head = groupsOf(before, after === undefined);
  const tail = after === undefined ? [] : groupsOf(after, true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return { family: 6, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) };
}

/** The 16-bit groups of a part of an IPv6 address; its end may be written as IPv4 where the address ends with it. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const pieces = text.split(':');
  for (const [index, piece] of pieces.entries()) {
    if (piece.includes('.')) {
      const four = isEnd && index === pieces.length - 1 ? parseFour(piece) : null;
      if (four === null) return null;
      groups.push(Number(four.value >> 16n), Number(four.value & 0xffffn));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(piece)) return null;
      groups.push(Number.parseInt(piece, 16));
    }
  }
  return groups;
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
