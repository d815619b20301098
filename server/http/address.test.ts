import { expect, test } from 'vitest';
import { makeAddressOf } from './address.ts';
import { isLoopback, makeOrigins } from './origins.ts';

const addressOf = makeAddressOf(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);

test('without a trusted proxy the header counts for nothing', () => {
  expect(addressOf('198.51.100.9', '203.0.113.5')).toBe('198.51.100.9');
  expect(makeAddressOf([])('127.0.0.1', '203.0.113.5')).toBe('127.0.0.1');
});

test('a trusted proxy names the client: the right-most hop that is not itself a proxy', () => {
  expect(addressOf('10.1.2.3', '203.0.113.5')).toBe('203.0.113.5');
  expect(addressOf('10.1.2.3', '1.1.1.1, 203.0.113.5, 10.9.9.9')).toBe('203.0.113.5');
  expect(addressOf('2001:db8::1', '2606:4700::1')).toBe('2606:4700::1');
  expect(addressOf('192.0.2.7', '203.0.113.5')).toBe('203.0.113.5');
  expect(addressOf('192.0.2.8', '203.0.113.5')).toBe('192.0.2.8');
});

test('what the client wrote itself is never believed', () => {
  expect(addressOf('10.1.2.3', '10.0.0.1, 203.0.113.5')).toBe('203.0.113.5');
  expect(addressOf('10.1.2.3', '203.0.113.5, nonsense')).toBe('10.1.2.3');
  expect(addressOf('10.1.2.3', '')).toBe('10.1.2.3');
  expect(addressOf('10.1.2.3', null)).toBe('10.1.2.3');
  expect(addressOf('10.1.2.3', '10.5.5.5, 10.6.6.6')).toBe('10.5.5.5');
});

test('a mapped address is the same as the plain one', () => {
  expect(addressOf('::ffff:10.1.2.3', '::ffff:203.0.113.5')).toBe('203.0.113.5');
  expect(addressOf('::ffff:198.51.100.9', null)).toBe('198.51.100.9');
});

test.each(['10.0.0.0/33', 'proxy.example.com', '2001:db8::/129', '', '10.0.0.0/x', '10.0.0.0/-1'])('%j is refused as a range', (range) => {
  expect(() => makeAddressOf([range])).toThrow(/is not a range/);
});

test('the names of this machine are one origin, every other address is only itself', () => {
  const local = makeOrigins('http://127.0.0.1:4000');
  expect([local.has('http://localhost:4000'), local.has('http://127.0.0.1:4001'), local.has('https://127.0.0.1:4000')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(local.urlsOf('/api/x')).toContain('http://[::1]:4000/api/x');
  const company = makeOrigins('https://chat.example.com');
  expect([company.has('https://chat.example.com'), company.has('https://chat.example.com.evil.example'), company.has('null')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(company.urlsOf('/api/x')).toEqual(['https://chat.example.com/api/x']);
});

test.each(['chat.example.com', 'ftp://x', 'https://x/path', 'https://user@x', 'https://x?y'])('%j is refused as an address', (url) => {
  expect(() => makeOrigins(url)).toThrow(/is not an address/);
});

test('only this machine is loopback', () => {
  expect(['127.0.0.1', '127.8.8.8', 'localhost', '::1'].every((host) => isLoopback(host))).toBe(true);
  expect(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.evil.example', 'localhost.evil.example'].some((host) => isLoopback(host))).toBe(false);
});
