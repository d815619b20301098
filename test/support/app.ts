import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { inRoot, root } from '../../build/paths.ts';
import { type ElectronRuntime, findElectron } from '../../build/runtime/find.ts';
import type { Desktop } from './desktop.ts';

export interface LaunchOptions {
  /** The desktop to run on; see `openDesktop`. */
  readonly desktop: Desktop;
  /** The address of the tenant server. */
  readonly server?: string;
  /** Where the app keeps its data. The same folder in a second launch is the same person coming back; default: a fresh one. */
  readonly profileDir?: string;
  /** The language of the operating system as the app sees it. */
  readonly language?: 'ja' | 'en';
  readonly args?: readonly string[];
  /** The folder of another app than the checkout's own build. */
  readonly appFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  /** The first window. */
  readonly page: Page;
  readonly profileDir: string;
  /** What the main process has written so far, to find the cause of a failure and to look for what must not be there. */
  readonly log: () => string;
  /** Quits as a person does. Ends the process when it has not gone after ten seconds. */
  readonly close: () => Promise<void>;
}

let runtime: Promise<ElectronRuntime> | undefined;

/** Starts the built app in a real Electron, with Chromium's sandbox on unless root runs this, and waits for its first window. */
export async function launchApp(options: LaunchOptions): Promise<LaunchedApp> {
  const { executablePath, nativeBinding } = await (runtime ??= findElectron());
  const profileDir = options.profileDir ?? mkdtempSync(path.join(os.tmpdir(), 'hikyaku-profile-'));
  mkdirSync(profileDir, { recursive: true });
  const language = options.language ?? 'ja';
  const startFolder = makeStartFolder(options.appFolder ?? root);
  const app = await _electron.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      `--lang=${language}`,
      startFolder,
      ...(options.server === undefined ? [] : ['--server', options.server]),
      ...['--profile', profileDir],
      ...(options.args ?? []),
    ],
    cwd: inRoot(),
    env: {
      ...withoutUndefined(process.env),
      ...options.desktop.env,
      LANG: language === 'ja' ? 'ja_JP.UTF-8' : 'en_US.UTF-8',
      LANGUAGE: language,
      // A locale that is not installed counts as ASCII, and names such as 見積.txt could not be opened.
      LC_ALL: 'C.UTF-8',
      ...(nativeBinding !== undefined && { HIKYAKU_SQLITE_BINDING: nativeBinding }),
      ...options.env,
    },
    timeout: 60_000,
  });
  const written: string[] = [];
  const child = app.process();
  child.stdout?.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const log = (): string => written.join('');
  const close = async (): Promise<void> => {
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    try {
      if (child.exitCode === null && child.signalCode === null) await app.close();
    } finally {
      clearTimeout(late);
      rmSync(startFolder, { recursive: true, force: true });
    }
  };
  try {
    const page = await app.firstWindow({ timeout: 60_000 });
    return { app, page, profileDir, log, close };
  } catch (error) {
    await close();
    throw new Error(`The app opened no window. It wrote:\n${log()}`, { cause: error });
  }
}

/**
 * A folder that starts the app in `appFolder` once Playwright is ready for it. Without its loader, which it leaves out where an
 * executable is named, it sometimes meets the first window half made and waits for ever.
 */
function makeStartFolder(appFolder: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-start-'));
  const { name, productName, version, main } = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const loader = inRoot('node_modules', 'playwright-core', 'lib', 'server', 'electron', 'loader.js');
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, productName, version, main: 'start.cjs' }));
  writeFileSync(
    path.join(folder, 'start.cjs'),
    `require(${JSON.stringify(loader)});
require('electron').app.setAppPath(${JSON.stringify(appFolder)});
require(${JSON.stringify(path.resolve(appFolder, main!))});\n`,
  );
  return folder;
}

function withoutUndefined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
