import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser, openWindow, type BrowserWindow, type WindowOptions } from './browser.ts';
import { RawClient, type RawReply } from './raw-client.ts';
import { startServer, type ServerProcess } from './server.ts';

/** The demo people's password in the console's tests. */
export const consolePassword = 'Hikyaku-Pr00f-7f3a';

/** A server with the demo company (`admin` is supreme) and a browser to administer it from. */
export interface ConsoleOffice {
  readonly url: string;
  /** Where tests keep files of their own; removed at the end. */
  readonly folder: string;
  server(): ServerProcess;
  /** A window of somebody's own, logged in at `/admin` and at a section, or only at the login form. */
  open(member: string | null, options?: WindowOptions & { readonly at?: string; readonly password?: string }): Promise<BrowserWindow>;
  /** Somebody's program, logged in on the wire. */
  client(member: string, password?: string): Promise<RawClient>;
  /** An operation as the supreme administrator, past the console. */
  administer(operation: string, input: unknown): Promise<RawReply>;
  close(): Promise<void>;
}

export async function openConsoleOffice(args: readonly string[] = []): Promise<ConsoleOffice> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-console-'));
  const server = await startServer({
    dataDir: path.join(folder, 'data'),
    args: ['--demo', '--demo-password', consolePassword, ...args],
  });
  const browser: Browser = await openBrowser();
  let administrator: RawClient | null = null;
  const client = async (member: string, password = consolePassword): Promise<RawClient> => {
    const made = new RawClient(server.url);
    const reply = await made.login(member, { password });
    if (!reply.body.ok) throw new Error(`${member} was not let in: ${JSON.stringify(reply.body.error)}`);
    return made;
  };
  return {
    url: server.url,
    folder,
    server: () => server,
    open: async (member, { at = '', password = consolePassword, ...options } = {}) => {
      const window = await openWindow(browser, options);
      window.page.setDefaultTimeout(15_000);
      await window.page.goto(`${server.url}/admin${at}`);
      await logInField(window.page).waitFor();
      if (member !== null) {
        await logInToConsole(window.page, member, password);
        await window.page.locator('.console').waitFor();
      }
      return window;
    },
    client,
    administer: async (operation, input) => {
      administrator ??= await client('admin');
      return administrator.call(operation, input);
    },
    close: async () => {
      await browser.close();
      await server.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const logInField = (page: Page): Locator => page.locator('input[autocomplete="username"]');

/** Types id and password into the console's form and submits it. */
export async function logInToConsole(page: Page, member: string, password = consolePassword): Promise<void> {
  await logInField(page).fill(member);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.keyboard.press('Enter');
}

/** Goes to a section by the navigation. */
export const goToSection = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: '管理する項目' }).getByRole('link', { name, exact: true }).click();

/** Answers the question who one is, if it is asked. */
export async function confirmIdentity(page: Page, password = consolePassword): Promise<void> {
  const dialog = page.getByRole('dialog', { name: '本人確認' });
  await dialog.getByLabel('パスワード').fill(password);
  await dialog.getByRole('button', { name: '確かめて続ける' }).click();
  await dialog.waitFor({ state: 'detached' });
}
