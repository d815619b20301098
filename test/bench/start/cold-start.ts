import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRoot } from '../../../build/paths.ts';
import { launchApp, type LaunchedApp } from '../../support/app.ts';
import type { Desktop } from '../../support/desktop.ts';
import { composer, type Office } from '../../support/office.ts';

/** Milliseconds from the start of a bare window's process until its one line is painted: what any Electron app costs. */
export async function bareStart(desktop: Desktop): Promise<number> {
  const profileDir = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bare-'));
  const began = performance.now();
  const bare = await launchApp({ desktop, profileDir, appFolder: inRoot('test/support/bare-app') });
  try {
    await bare.page.getByText('一行').waitFor();
    await painted(bare);
    return performance.now() - began;
  } finally {
    await bare.close();
    rmSync(profileDir, { recursive: true, force: true });
  }
}

/** The same for the app of somebody who stays logged in: until the room list is painted and the composer has taken a key. */
export async function appStart(office: Office, profile: string, room: string): Promise<{ ms: number; app: LaunchedApp }> {
  const began = performance.now();
  const app = await office.open(profile);
  await app.page.getByRole('listbox', { name: 'ルームの一覧' }).getByRole('option').first().waitFor();
  const field = composer(app.page, room);
  await field.waitFor();
  await field.press('a');
  await painted(app);
  const ms = performance.now() - began;
  await field.press('Backspace');
  return { ms, app };
}

/** Two frames later everything that was in the document is on the screen. */
const painted = ({ page }: LaunchedApp): Promise<void> =>
  page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
