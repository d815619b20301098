import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inRoot } from '../../build/paths.ts';
import { launchApp, type LaunchedApp, type LaunchOptions } from './app.ts';
import { openDesktop, type Desktop } from './desktop.ts';
import { startServer, type ServerProcess } from './server.ts';

/** The demo people's password in these tests: easy to look for where it must not be. */
export const password = 'hikyaku-Pr00f-7f3a';

export interface CallReply {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: { readonly reason?: string } };
}

/** A server with the demo company and a desktop to sit at: what a scenario needs before anybody comes in. */
export interface Office {
  readonly desktop: Desktop;
  readonly url: string;
  /** Where the office keeps what it makes; removed at the end. */
  readonly folder: string;
  server(): ServerProcess;
  /** Ends the server by a signal and, unless told otherwise, starts it again on the same port and data. */
  endServer(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startServer(): Promise<void>;
  /** Starts the app, with the profile of a person. */
  open(profile: string, more?: Partial<LaunchOptions>): Promise<LaunchedApp>;
  /** Calls an operation as a member, as `npm run call` does. */
  call(member: string, operation: string, input: unknown): Promise<CallReply>;
  close(): Promise<void>;
}

export async function openOffice(): Promise<Office> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-office-'));
  const opened: LaunchedApp[] = [];
  const args = ['--demo', '--demo-password', password];
  let server = await startServer({ dataDir: path.join(folder, 'data'), args });
  const { port, url } = server;
  const desktop = await openDesktop();
  return {
    desktop,
    url,
    folder,
    server: () => server,
    endServer: async (signal) => void (await server.stop(signal)),
    startServer: async () => void (server = await startServer({ dataDir: path.join(folder, 'data'), port, args })),
    open: async (profile, more = {}) => {
      const app = await launchApp({ desktop, server: url, profileDir: path.join(folder, profile), ...more });
      opened.push(app);
      return app;
    },
    call: async (member, operation, input) => {
      const passwordFile = makeFile(folder, 'password', password);
      const state = path.join(folder, `call-${member}`);
      const options = ['--server', url, '--member', member, '--password-file', passwordFile, '--state', state];
      const args = [inRoot('electron/agent/call.ts'), ...options, operation, JSON.stringify(input)];
      // A keychain of the desktop is not the caller's: it runs without one.
      const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string; stderr: string }) => {
        if (error.stdout === '') throw new Error(error.stderr);
        return { stdout: error.stdout };
      });
      return JSON.parse(stdout) as CallReply;
    },
    close: async () => {
      for (const app of opened.toReversed()) await app.close();
      await desktop.close();
      await server.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Logs in as a person does: types into the form and submits it. */
export async function logIn(page: Page, member: string): Promise<void> {
  await page.getByLabel('メンバーID').waitFor();
  await page.getByLabel('メンバーID').click();
  await page.keyboard.type(member);
  await page.getByLabel('パスワード', { exact: true }).click();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor();
}

/** A room's row in the list, by its name. */
export const roomRow = (page: Page, name: string): Locator =>
  page
    .getByRole('listbox', { name: 'ルームの一覧' })
    .getByRole('option')
    .filter({ has: page.getByText(name, { exact: true }) });

export const composer = (page: Page, room: string): Locator => page.getByRole('textbox', { name: `${room}へのメッセージ` });
export const conversation = (page: Page, room: string): Locator => page.getByRole('log', { name: `${room}のメッセージ` });

/** The line of the conversation that holds `text`. */
export const message = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text });

/** Answers the question of the first run: Enter sends. */
export async function chooseEnter(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Enterで送信' }).first().click();
}

/** Goes to one of the screens by the rail. */
export const goTo = (page: Page, screen: 'トーク' | 'ドライブ' | '同期' | '設定'): Promise<void> =>
  page.getByRole('navigation', { name: 'メインメニュー' }).getByRole('button', { name: screen }).click();

/** A file of its own for a test to give to the app. */
export function makeFile(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Waits until `look` gives `wanted`. */
export const eventually = <T>(look: () => T | Promise<T>, wanted: T, timeoutMs = 30_000): Promise<void> =>
  expect.poll(look, { timeout: timeoutMs, interval: 100 }).toEqual(wanted);
