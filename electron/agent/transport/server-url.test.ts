import { expect, it } from 'vitest';
import { isLoopback, serverUrl } from './server-url.ts';

it('takes addresses as people type them and keeps scheme, host and port', () => {
  expect(serverUrl(' chat.example.co.jp ')).toBe('https://chat.example.co.jp');
  expect(serverUrl('HTTPS://Chat.Example.co.jp:8443/login?x=1#y')).toBe('https://chat.example.co.jp:8443');
  expect(serverUrl('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080');
  expect(serverUrl('http://[::1]:8080')).toBe('http://[::1]:8080');
  expect(serverUrl('http://localhost')).toBe('http://localhost');
});

it.each([
  ['http://chat.example.co.jp', 'insecure_url'],
  ['http://10.0.0.1', 'insecure_url'],
  ['http://127.0.0.1.example.com', 'insecure_url'],
  ['http://localhost.example.com', 'insecure_url'],
  ['http://[::ffff:192.0.2.1]', 'insecure_url'],
  ['https://sato:secret@example.com', 'bad_url'],
  ['ftp://example.com', 'bad_url'],
  ['file:///etc/passwd', 'bad_url'],
  ['', 'bad_url'],
  ['http://', 'bad_url'],
])('refuses %s as %s', (typed, reason) => {
  expect(() => serverUrl(typed)).toThrow(expect.objectContaining({ code: 'invalid', details: { reason } }));
});

it('knows every spelling of this machine that the URL parser lets through', () => {
  for (const url of ['http://127.0.0.1', 'http://127.255.0.3', 'http://0x7f000001', 'http://2130706433', 'http://127.1', 'http://[::1]']) {
    expect(isLoopback(new URL(url).hostname), url).toBe(true);
  }
  for (const host of ['128.0.0.1', '127.0.0.1.example.com', '::2', 'localhost.', '0.0.0.0']) expect(isLoopback(host), host).toBe(false);
});
