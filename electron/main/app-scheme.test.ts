import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, resolveAsset, serveAssets } from './app-scheme.ts';

let base: string;
let folder: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hikyaku-assets-')));
  folder = path.join(base, 'renderer');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  mkdirSync(path.join(base, 'renderer-secret'));
  writeFileSync(path.join(folder, 'index.html'), '<p>index</p>');
  writeFileSync(path.join(folder, 'assets/a b.js'), 'export {};');
  writeFileSync(path.join(folder, 'notes.txt'), 'of no known type');
  writeFileSync(path.join(base, 'renderer-secret/index.html'), 'secret');
  writeFileSync(path.join(base, 'secret.js'), 'secret');
  symlinkSync(path.join(base, 'secret.js'), path.join(folder, 'link.js'));
  symlinkSync(path.join(base, 'renderer-secret'), path.join(folder, 'linked'));
  symlinkSync(path.join(folder, 'assets/a b.js'), path.join(folder, 'inner.js'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('the app scheme', () => {
  it('finds files in its folder, and the page for every route', async () => {
    const found = await Promise.all(
      ['/', '/index.html', '/talk/room', '/assets/a%20b.js', '/inner.js'].map((name) => resolveAsset(folder, `app://hikyaku${name}`)),
    );
    const index = path.join(folder, 'index.html');
    const script = path.join(folder, 'assets/a b.js');
    expect(found).toEqual([index, index, index, script, script]);
  });

  it('finds nothing outside its folder, whatever the spelling', async () => {
    const hostile = [
      'app://hikyaku/../secret.js',
      'app://hikyaku/%2e%2e/secret.js',
      'app://hikyaku/..%2fsecret.js',
      'app://hikyaku/assets/..%2f..%2fsecret.js',
      'app://hikyaku/..%2frenderer-secret/index.html',
      'app://hikyaku/..%5csecret.js',
      'app://hikyaku//etc/hosts.js',
      'app://hikyaku/index.html%00.js',
      'app://hikyaku/%ff.js',
      'app://hikyaku/link.js',
      'app://hikyaku/linked/index.html',
      'app://hikyaku/notes.txt',
      'app://hikyaku/missing.js',
      'app://other/index.html',
      'file:///etc/hosts.js',
      'nonsense',
    ];
    expect(await Promise.all(hostile.map((address) => resolveAsset(folder, address)))).toEqual(hostile.map(() => null));
  });

  it('answers with the policy and the type, GET only, and 404 for the rest', async () => {
    const serve = serveAssets(folder);
    const page = await serve(new Request('app://hikyaku/'));
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([200, 'text/html; charset=utf-8', '<p>index</p>']);
    expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await serve(new Request('app://hikyaku/', { method: 'POST' }))).status).toBe(405);
    const missing = await serve(new Request('app://hikyaku/missing.js'));
    expect([missing.status, missing.headers.get('content-security-policy')]).toEqual([404, contentSecurityPolicy]);
  });
});
