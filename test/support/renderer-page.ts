import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import type { ElectronApplication, Page } from 'playwright-core';
import { build } from 'vite';
import { root } from '../../build/paths.ts';
import { rendererBundle } from '../../build/vite/renderer.ts';
import { contentSecurityPolicy } from '../../electron/main/app-scheme.ts';
import { launchApp } from './app.ts';
import type { Desktop } from './desktop.ts';
import type { FakeOptions } from './fake-options.ts';

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="180"><rect width="256" height="180" fill="#b9c9d8"/><path d="M0 150 80 70l60 60 40-40 76 80v10H0z" fill="#6f8a76"/></svg>';

/** Every script stays as strict as in the app: the content security policy, and what the browser edition asks for on top. */
const strictest = `${contentSecurityPolicy}; require-trusted-types-for 'script'; trusted-types hikyaku`;

export interface ScreenOptions extends Partial<FakeOptions> {
  /** Such as `/talk/ROOM`. */
  readonly route?: string;
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

export interface RendererPage {
  readonly page: Page;
  readonly app: ElectronApplication;
  /** Loads the renderer anew over a fresh fake host (`window.fake` in the page). */
  open(options?: ScreenOptions): Promise<Page>;
  /** What the page complained about since the last `open`: errors, warnings, policy violations. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** The real renderer, built and served under its strict policy in a real Electron window, over a fake host. */
export async function openRenderer(desktop: Desktop): Promise<RendererPage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-renderer-'));
  const fake = path.join(folder, 'fake');
  // As it is shipped: under the test runner's own NODE_ENV, React's development build would be taken.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  await build(rendererBundle(path.join(folder, 'page'))).finally(() => {
    process.env['NODE_ENV'] = NODE_ENV;
  });
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    build: {
      lib: { entry: path.join(import.meta.dirname, 'fake-entry.ts'), formats: ['iife'], name: 'fakeEntry', fileName: () => 'fake.js' },
      outDir: fake,
      emptyOutDir: true,
      minify: false,
    },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    // Every file of the fake Drive has the same picture.
    if (pathname.startsWith('/pictures/')) return void response.setHeader('content-type', 'image/svg+xml').end(picture);
    const file = path.join(folder, 'page', pathname === '/' ? 'index.html' : path.normalize(pathname));
    readFile(file).then(
      (bytes) => {
        response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
        response.setHeader('content-security-policy', strictest);
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { app, page, close } = await launchApp({ desktop, appFolder: path.join(import.meta.dirname, 'bare-app') });
  let problems: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  const script = await readFile(path.join(fake, 'fake.js'), 'utf8');
  await page.addInitScript(`if (!location.protocol.startsWith('data')) {
    globalThis.fakeOptions = JSON.parse(sessionStorage.getItem('fakeOptions') ?? 'null');
    if (globalThis.fakeOptions !== null) { ${script} }
  }`);
  // A missing element is a failure soon, not after half a minute.
  page.setDefaultTimeout(8_000);
  await page.goto(url);

  return {
    page,
    app,
    problems: () => problems,
    open: async ({ route = '', theme = 'light', width = 1280, height = 800, ...options } = {}) => {
      await app.evaluate(
        ({ BrowserWindow, nativeTheme }, { size, source }) => {
          nativeTheme.themeSource = source;
          const [window] = BrowserWindow.getAllWindows();
          window?.setContentSize(size.width, size.height);
          window?.show();
          window?.focus();
        },
        { size: { width, height }, source: theme },
      );
      const now = new Date().setHours(11, 42, 0, 0);
      const fakeOptions: FakeOptions = { now, loggedIn: true, language: 'ja', ...options };
      await page.evaluate((given) => sessionStorage.setItem('fakeOptions', given), JSON.stringify(fakeOptions));
      await page.goto(`${url}?${Math.random()}${route === '' ? '' : `#${route}`}`);
      problems = [];
      return page;
    },
    close: async () => {
      await close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
