import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { inRoot } from '../../build/paths.ts';
// The bridge's type, with its place on `window`.
import type {} from '../../renderer/app/host.ts';
import { electronBundle } from '../../build/vite/electron.ts';

/** The real main process and preload script, around a page and an agent of the test's own. */
export interface ShellApp {
  /** The folder to start Electron with. */
  readonly folder: string;
  readonly remove: () => void;
}

/** Puts together an app folder with today's shell, the plain page of the tests and the scripted agent beside this file. */
export async function makeShellApp(): Promise<ShellApp> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-shell-'));
  const electron = path.join(folder, 'dist/electron');
  const renderer = path.join(folder, 'dist/renderer');
  mkdirSync(renderer, { recursive: true });
  await build(electronBundle('main', 'electron/main/main.ts', electron));
  await build(electronBundle('preload', 'electron/preload/preload.ts', electron));
  cpSync(inRoot('build/tray'), path.join(electron, 'tray'), { recursive: true });
  cpSync(inRoot('build/icons/256x256.png'), path.join(electron, 'icon.png'));
  cpSync(path.join(import.meta.dirname, 'scripted-agent.cjs'), path.join(electron, 'agent.cjs'));
  cpSync(path.join(import.meta.dirname, 'plain-page'), renderer, { recursive: true });
  cpSync(inRoot('package.json'), path.join(folder, 'package.json'));
  symlinkSync(inRoot('node_modules'), path.join(folder, 'node_modules'), 'dir');
  // What an attack must not reach, beside the folder that is served and by a link inside it.
  writeFileSync(path.join(folder, 'dist/secret.txt'), 'secret');
  symlinkSync(path.join(folder, 'dist/secret.txt'), path.join(renderer, 'linked.svg'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A reply of the bridge, as the page gets it. */
export interface BridgeReply {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Waits until the plain page runs. */
export const ready = async (page: Page): Promise<void> =>
  void (await page.waitForFunction(() => document.querySelector('#main')?.textContent === 'ready'));

/** Calls an operation as the page. */
export const call = (page: Page, name: string, input: unknown): Promise<BridgeReply> =>
  page.evaluate(([operation, content]) => window.hikyaku!.call(operation, content), [name, input] as const);

/** Lets the scripted agent do something and says what it knows. */
export async function tellAgent(
  page: Page,
  input: { emit?: unknown; roots?: unknown },
): Promise<{ pid: number; heard: unknown[]; environment: Record<string, string> }> {
  const reply = await call(page, 'draft.get', input);
  return JSON.parse((reply.value as { text: string }).text) as { pid: number; heard: unknown[]; environment: Record<string, string> };
}

/** Lets the scripted agent ask the shell. */
export async function ask(page: Page, name: string, input: unknown): Promise<BridgeReply> {
  const reply = await call(page, 'draft.get', { ask: { name, input } });
  return JSON.parse((reply.value as { text: string }).text) as BridgeReply;
}

/** Every event that the page has received. */
export const heard = (page: Page): Promise<unknown[]> => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
