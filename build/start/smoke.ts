// `npm run smoke`: does the app start on this PC's Electron? Starts a demo server and the app, waits for the login form and
// for the demo accounts it shows, and quits. CI runs an older Electron; this is how the pinned one is tried on a real PC.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron } from 'playwright-core';
import { buildBundles } from '../bundles.ts';
import { inRoot, root } from '../paths.ts';
import { findElectron } from '../runtime/find.ts';
import { Children, firstLine } from './children.ts';

const waitMs = 60_000;
const temporary = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-smoke-'));
const children = new Children();
try {
  const electron = await findElectron(console.log);
  await buildBundles(console.log);
  const args = [inRoot('server', 'main.ts'), '--demo', '--port', '0', '--data', path.join(temporary, 'data')];
  const server = children.start('The server', process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }, (code) => {
    throw new Error(`The server ended with ${code}.`);
  });
  const { url } = JSON.parse(await firstLine(server)) as { url: string };
  const app = await _electron.launch({
    executablePath: electron.executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [root, '--server', url, '--profile', path.join(temporary, 'profile')],
    env: { ...definedEnv(), ...(electron.nativeBinding !== undefined && { HIKYAKU_SQLITE_BINDING: electron.nativeBinding }) },
    timeout: waitMs,
  });
  const page = await app.firstWindow({ timeout: waitMs });
  await page.locator('input[type=password]').waitFor({ timeout: waitMs });
  const versions = await app.evaluate(() => ({ electron: process.versions['electron'], chrome: process.versions['chrome'] }));
  await app.close();
  console.log(`The login form is there: Electron ${versions.electron}, Chromium ${versions.chrome}, ${process.platform} ${process.arch}.`);
} finally {
  await children.endAll();
  rmSync(temporary, { recursive: true, force: true });
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
