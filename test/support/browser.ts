import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** One person's window of a browser, with cookies and storage of its own. */
export interface BrowserWindow {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page or the browser complained about so far: exceptions, violated policies, everything written as an error. */
  readonly complaints: () => readonly string[];
}

export interface WindowOptions {
  readonly language?: 'ja' | 'en';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

const executablePath = '/usr/bin/chromium';
const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
] as const;

/** Starts the system's Chromium, with its sandbox unless root runs this. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`There is no ${executablePath}; on Debian: apt-get install chromium`);
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: [...flags] });
}

/** Opens a window that has nothing in common with the others, and listens to all it complains about. */
export async function openWindow(browser: Browser, options: WindowOptions = {}): Promise<BrowserWindow> {
  const context = await browser.newContext({
    locale: options.language === 'en' ? 'en-GB' : 'ja-JP',
    colorScheme: options.theme ?? 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    acceptDownloads: true,
  });
  const complaints: string[] = [];
  await context.exposeBinding('complain', (_source, text: string) => void complaints.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
      const where = `${sourceFile}:${lineNumber}`;
      (globalThis as unknown as { complain(text: string): void }).complain(
        `policy ${effectiveDirective} refused ${blockedURI} at ${where}`,
      );
    });
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
  page.on('console', (line) => {
    // An answer that is no success, or none at all, is in the browser's log whatever the page does about it.
    const isAnswer = /^(Failed to load resource|WebSocket connection to)/u.test(line.text());
    if (line.type() === 'error' && !isAnswer) complaints.push(`console: ${line.text()}`);
  });
  return { context, page, complaints: () => complaints };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it is now: rule, then the places. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, so the page's policy on scripts has no say in it.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[] }> };
    };
    const { violations } = await run.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
  });
}
