import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desktop, openDesktop } from '../support/desktop.ts';
import { launchApp, type LaunchedApp } from '../support/app.ts';

// What every other end-to-end test stands on: a real Electron with its sandbox, on a desktop with keyring and notifications.

interface BareMain {
  readonly inUtilityProcess: (file: string) => Promise<{ text: string; node: string }>;
  readonly keychain: () => typeof import('keytar');
  readonly notify: (title: string, body: string) => Promise<string>;
  readonly clicked?: string;
}

let desktop: Desktop;
let bare: LaunchedApp;

beforeAll(async () => {
  desktop = await openDesktop();
  bare = await launchApp({ desktop, appFolder: path.join(import.meta.dirname, '..', 'support', 'bare-app') });
});
afterAll(async () => {
  await bare?.close();
  await desktop?.close();
});

it('shows a window in a sandboxed renderer, run by somebody who is not root', async () => {
  expect(await bare.page.textContent('p')).toBe('一行');
  expect(await bare.page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
  const commandLines = await bare.app.evaluate(({ app }) => app.commandLine.hasSwitch('no-sandbox'));
  expect(commandLines).toBe(process.getuid?.() === 0);
});

it('opens an encrypted database in a utility process', async () => {
  const file = path.join(bare.profileDir, 'notes.db');
  const said = await bare.app.evaluate((_, database) => (globalThis as unknown as BareMain).inUtilityProcess(database), file);
  expect(said.text).toBe('飛脚');
  expect(readFileSync(file).subarray(0, 6).toString('latin1')).not.toBe('SQLite');
});

it('keeps a secret in a real keyring and forgets it again', async () => {
  const kept = await bare.app.evaluate(async () => {
    const keychain = (globalThis as unknown as BareMain).keychain();
    await keychain.setPassword('hikyaku-test', 'sato', '秘密');
    const found = await keychain.getPassword('hikyaku-test', 'sato');
    await keychain.deletePassword('hikyaku-test', 'sato');
    return { found, after: await keychain.getPassword('hikyaku-test', 'sato') };
  });
  expect(kept).toEqual({ found: '秘密', after: null });
});

it('sends a notification to the desktop and hears the click', async () => {
  const body = '明日の"会議"\nの資料';
  expect(await bare.app.evaluate((_, text) => (globalThis as unknown as BareMain).notify('田中', text), body)).toBe('shown');
  const [received] = desktop.notifications();
  expect(received).toMatchObject({ title: '田中', body });
  desktop.click(received?.id ?? 0);
  await expect.poll(() => bare.app.evaluate(() => (globalThis as unknown as BareMain).clicked)).toBe('田中');
});
