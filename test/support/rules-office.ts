import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { inRoot } from '../../build/paths.ts';
import { launchApp, type LaunchedApp } from './app.ts';
import { consolePassword, openConsoleOffice, type ConsoleOffice } from './console.ts';
import { openDesktop, type Desktop } from './desktop.ts';

/** A company whose rules are set in the console's window, and a desktop on which its app runs. */
export interface RulesOffice extends ConsoleOffice {
  readonly desktop: Desktop;
  /** The supreme administrator's window of the console. */
  readonly admin: Page;
  /** Starts the app with the profile of a person, as if it were of that version where one is given. */
  app(profile: string, version?: string): Promise<LaunchedApp>;
}

/** @param at the section at which the console opens, such as `/account` */
export async function openRulesOffice(at: string, args: readonly string[] = []): Promise<RulesOffice> {
  const desktop = await openDesktop();
  const office = await openConsoleOffice(args);
  const opened: LaunchedApp[] = [];
  const { page } = await office.open('admin', { at });
  return {
    ...office,
    desktop,
    admin: page,
    app: async (profile, version) => {
      const appFolder = version === undefined ? inRoot() : appOfVersion(path.join(office.folder, `app-${version}`), version);
      const app = await launchApp({ desktop, server: office.url, profileDir: path.join(office.folder, profile), appFolder });
      app.page.setDefaultTimeout(15_000);
      opened.push(app);
      return app;
    },
    close: async () => {
      for (const app of opened.toReversed()) await app.close();
      await office.close();
      await desktop.close();
    },
  };
}

/** The built app with another version in its package. */
function appOfVersion(folder: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const own = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as object;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...own, version }));
  for (const name of ['dist', 'node_modules']) symlinkSync(inRoot(name), path.join(folder, name), 'dir');
  return folder;
}

/** Types into the login form and submits it; what comes next is the test's to say. */
export async function typeLogin(page: Page, member: string, password = consolePassword): Promise<void> {
  await page.getByLabel('メンバーID').fill(member);
  await page.getByLabel('パスワード', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Waits until somebody is logged in. */
export const inside = (page: Page): Promise<void> => page.getByRole('navigation', { name: 'メインメニュー' }).waitFor();

export async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /のメニュー$/u }).click();
  await page.getByRole('menuitem', { name: 'ログアウト' }).click();
  await page.getByLabel('メンバーID').waitFor();
}
