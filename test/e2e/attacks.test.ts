import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Session, WebPreferences } from 'electron';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchApp, type LaunchedApp } from '../support/app.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { call, makeShellApp, ready, type ShellApp } from '../support/shell-app.ts';

// A page that was taken over tries what it can: each attack meets the real main process and preload script.

let shellApp: ShellApp;
let desktop: Desktop;
let shell: LaunchedApp;
let folder: string;
let server: Server;
let origin: string;
const reached: string[] = [];

const home = 'app://hikyaku/';
const openedFile = () => path.join(folder, 'opened.txt');
const opened = (): string[] => (existsSync(openedFile()) ? readFileSync(openedFile(), 'utf8').split('\n').filter(Boolean) : []);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Runs a script in the page as its own code does, and says what came of it. */
const inPage = <T>(script: () => T | Promise<T>): Promise<T> => shell.page.evaluate(script);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-attacks-'));
  // Stand for the person's browser and mail program: write down what they are told to open.
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['xdg-open', 'xdg-email']) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho "$1" >> '${openedFile()}'\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  server = createServer((request, response) => {
    reached.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('<p>evil</p>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  shellApp = await makeShellApp();
  desktop = await openDesktop();
  shell = await launchApp({ desktop, appFolder: shellApp.folder, env: { PATH: `${bin}:${process.env['PATH']}` } });
  await ready(shell.page);
});
afterAll(async () => {
  await shell?.close();
  await desktop?.close();
  shellApp?.remove();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  reached.length = 0;
  rmSync(openedFile(), { force: true });
});

describe('the page’s world', () => {
  it('is sandboxed, isolated and without Node', async () => {
    const preferences = await shell.app.evaluate(({ webContents }) => {
      const [page] = webContents.getAllWebContents();
      return (page as unknown as { getLastWebPreferences(): WebPreferences }).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
    expect(preferences).toMatchObject({
      nodeIntegrationInSubFrames: false,
      allowRunningInsecureContent: false,
    });
    const types = await inPage(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'electron'].map((name) => typeof Reflect.get(globalThis, name)),
    );
    expect(new Set(types)).toEqual(new Set(['undefined']));
  });

  it('sees exactly three functions of ours, which it cannot change', async () => {
    const bridge = await inPage(() => {
      const kinds = Object.entries(window.hikyaku!).map(([name, value]) => `${name}: ${typeof value}`);
      Reflect.set(window.hikyaku!, 'call', () => 'forged');
      Reflect.set(window, 'hikyaku', {});
      return { kinds, call: String(window.hikyaku!.call).includes('forged') };
    });
    expect(bridge).toEqual({ kinds: ['call: function', 'onEvent: function', 'registerFiles: function'], call: false });
  });

  it('runs no text as code', async () => {
    const ran = await inPage(async () => {
      // Playwright lifts the policy for the moment of its own evaluation; what runs afterwards meets it.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const tries: Record<string, () => unknown> = {
        eval: () => (Reflect.get(globalThis, 'eval') as (code: string) => unknown)('1 + 1'),
        function: () => (Reflect.construct(Function, ['return 2']) as () => unknown)(),
        timer: () => Reflect.apply(setTimeout, window, ['window.ran = true', 0]) as unknown,
        script: () => document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' })),
        handler: () => document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.ran = true">'),
        blob: () =>
          document.body.append(
            Object.assign(document.createElement('script'), {
              src: URL.createObjectURL(new Blob(['window.ran = true'], { type: 'text/javascript' })),
            }),
          ),
        data: () => document.body.append(Object.assign(document.createElement('script'), { src: 'data:text/javascript,window.ran=true' })),
        url: () => document.body.append(Object.assign(document.createElement('iframe'), { src: 'javascript:parent.ran=true' })),
        worker: () => new Worker(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }))),
      };
      const results: string[] = [];
      for (const [name, attempt] of Object.entries(tries)) {
        try {
          attempt();
        } catch {
          results.push(name);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { refused: results, ran: Reflect.get(window, 'ran') as unknown };
    });
    expect(ran.ran).toBeUndefined();
    expect(ran.refused).toEqual(expect.arrayContaining(['eval', 'function']));
  });
});

describe('the network', () => {
  it('is out of the page’s reach, by whatever way', async () => {
    await shell.page.evaluate(async (evil) => {
      const add = (tag: string, attributes: Record<string, string>) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        document.body.append(element);
      };
      add('img', { src: `${evil}/image` });
      add('script', { src: `${evil}/script` });
      add('script', { type: 'module', src: `${evil}/module` });
      add('link', { rel: 'stylesheet', href: `${evil}/style` });
      add('link', { rel: 'prefetch', href: `${evil}/prefetch` });
      add('iframe', { src: `${evil}/frame` });
      add('object', { data: `${evil}/object` });
      add('video', { src: `${evil}/video` });
      add('webview', { src: `${evil}/webview` });
      navigator.sendBeacon(`${evil}/beacon`, 'x');
      await fetch(`${evil}/fetch`, { mode: 'no-cors' }).catch(() => undefined);
      try {
        new EventSource(`${evil}/events`);
        new WebSocket(`${evil.replace('http', 'ws')}/socket`);
      } catch {
        // Refused at once is as good.
      }
    }, origin);
    await pause(1_000);
    expect(reached).toEqual([]);
    expect(
      shell.page
        .frames()
        .slice(1)
        .map((frame) => frame.url())
        .filter((url) => url.startsWith('http')),
    ).toEqual([]);
  });

  it('is out of reach also where the content security policy says nothing: in the session itself', async () => {
    const failed = await shell.app.evaluate(async ({ session, BrowserWindow }, evil) => {
      const sessions: Session[] = [session.defaultSession, BrowserWindow.getAllWindows()[0]!.webContents.session];
      return Promise.all(
        sessions.map((one) =>
          one.fetch(`${evil}/main`).then(
            () => 'reached',
            () => 'failed',
          ),
        ),
      );
    }, origin);
    expect([failed, reached]).toEqual([['failed', 'failed'], []]);
  });
});

describe('leaving the page', () => {
  it('is refused for links, scripts, forms and frames', async () => {
    const addresses = [
      `${origin}/away`,
      'https://example.com/',
      'file:///etc/passwd',
      'data:text/html,<p>evil',
      'app://other/',
      'app://hikyaku/other.html',
      'about:blank',
      'chrome://gpu',
      'blob:null/1',
      'hikyaku://talk/1',
    ];
    for (const address of addresses) {
      await shell.page.evaluate((target) => {
        document.body.insertAdjacentHTML('beforeend', '<a id="bait">x</a><form id="form" method="get"></form>');
        const bait = document.querySelector<HTMLAnchorElement>('#bait')!;
        bait.href = target;
        bait.click();
        const form = document.querySelector<HTMLFormElement>('#form')!;
        form.action = target;
        try {
          form.submit();
          location.assign(target);
        } catch {
          // Refused at once is as good.
        }
        bait.remove();
        form.remove();
      }, address);
      await pause(150);
    }
    await shell.page.evaluate(() =>
      document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="refresh" content="0; url=file:///etc/passwd">'),
    );
    await pause(300);
    const main = await shell.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
    );
    expect([main.map((url) => url.split('?')[0]), reached, opened()]).toEqual([[home], [], []]);
  });

  it('opens no window, and outside only https and mail', async () => {
    const targets = [
      'https://example.com/あ',
      'mailto:a@example.com',
      `${origin}/x`,
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://host/x',
      'app://hikyaku/',
      'about:blank',
      '',
    ];
    const windows = await shell.page.evaluate((list) => list.map((target) => window.open(target) === null), targets);
    expect(windows).toEqual(targets.map(() => true));
    await expect.poll(opened).toHaveLength(2);
    await pause(300);
    expect(opened().toSorted()).toEqual(['https://example.com/%E3%81%82', 'mailto:a@example.com']);
    expect(await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('is asked of the shell with the same answer', async () => {
    expect(await call(shell.page, 'shell.openExternal', { url: 'https://example.com/ok' })).toMatchObject({ ok: true });
    for (const url of ['http://example.com', 'file:///etc/passwd', 'javascript:1', 'https://a:b@example.com', '--version', 'vscode://x'])
      expect(await call(shell.page, 'shell.openExternal', { url })).toMatchObject({ ok: false, error: { code: 'invalid' } });
    await expect.poll(opened).toEqual(['https://example.com/ok']);
  });

  it('saves no file by itself', async () => {
    const downloads = await shell.app.evaluate(({ app, BrowserWindow }) => {
      const prevented: boolean[] = [];
      Object.assign(globalThis, { prevented });
      BrowserWindow.getAllWindows()[0]!.webContents.session.on('will-download', (event) => prevented.push(event.defaultPrevented));
      return app.getPath('downloads');
    });
    await inPage(() => {
      const link = Object.assign(document.createElement('a'), {
        download: 'evil-download.txt',
        href: URL.createObjectURL(new Blob(['x'])),
      });
      document.body.append(link);
      link.click();
    });
    await expect.poll(() => shell.app.evaluate(() => (globalThis as unknown as { prevented: boolean[] }).prevented)).toEqual([true]);
    expect(existsSync(downloads) ? readdirSync(downloads).filter((name) => name.startsWith('evil-download')) : []).toEqual([]);
  });
});

it('stands after all this as it stood before', async () => {
  expect(await call(shell.page, 'shell.info', {})).toMatchObject({ ok: true, value: { frame: 'custom' } });
  expect(shell.page.url().split('?')[0]).toBe(home);
});
