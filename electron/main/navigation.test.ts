import { describe, expect, it } from 'vitest';
import { externalTarget, signInTarget, isLoadable, isOwnUrl, isPermitted } from './navigation.ts';

describe('navigation', () => {
  it('knows its own pages and no look-alikes', () => {
    expect(['app://hikyaku/', 'app://hikyaku/index.html#/talk/1'].map(isOwnUrl)).toEqual([true, true]);
    const others = [
      '',
      'about:blank',
      'app://hikyaku.evil/',
      'app://evil/hikyaku',
      'app://hikyaku@evil/',
      'app://u:p@hikyaku/',
      'https://hikyaku/',
      'file:///hikyaku',
      'app:hikyaku',
    ];
    expect(others.filter(isOwnUrl)).toEqual([]);
  });

  it('lets pages load nothing from the network or the disk', () => {
    expect(
      ['https://example.com/', 'http://127.0.0.1/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'ftp://x/', 'chrome://gpu', ''].filter(
        isLoadable,
      ),
    ).toEqual([]);
    expect(['app://hikyaku/a.js', 'blob:app://hikyaku/1', 'data:image/png;base64,'].every(isLoadable)).toBe(true);
  });

  it('hands only https and mailto on, in parsed form', () => {
    expect(externalTarget('HTTPS://Example.com/あ')).toBe('https://example.com/%E3%81%82');
    expect(externalTarget('mailto:a@example.com')).toBe('mailto:a@example.com');
    const refused = [
      'http://example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://server/x',
      'ms-settings:',
      'https://user:pass@example.com/',
      'https://',
      ' ',
      'vbscript:x',
      '\\\\server\\share',
    ];
    expect(refused.map(externalTarget)).toEqual(refused.map(() => null));
  });

  it('permits copying to its own page and nothing else to anybody', () => {
    expect(isPermitted('clipboard-sanitized-write', 'app://hikyaku/')).toBe(true);
    expect(isPermitted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
    const wanted = [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'display-capture',
      'fileSystem',
      'usb',
      'unknown',
    ];
    expect(wanted.filter((permission) => isPermitted(permission, 'app://hikyaku/'))).toEqual([]);
  });
});

it('a login goes on over https, or on this machine, and nowhere else', () => {
  expect(signInTarget('https://id.example.com/authorize?x=1')).toBe('https://id.example.com/authorize?x=1');
  expect(signInTarget('http://127.0.0.1:8080/sign-in/')).toBe('http://127.0.0.1:8080/sign-in/');
  expect(signInTarget('http://localhost:1/')).toBe('http://localhost:1/');
  for (const address of [
    'http://id.example.com/',
    'http://127.0.0.1.evil.example/',
    'https://a:b@id.example.com/',
    'file:///etc/passwd',
    'javascript:1',
    '',
  ]) {
    expect([address, signInTarget(address)]).toEqual([address, null]);
  }
});
