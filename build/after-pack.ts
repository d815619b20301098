import path from 'node:path';
import { flipFuses, getCurrentFuseWire } from '@electron/fuses';
import type { AfterPackContext } from 'electron-builder';
import { fusesFor } from './fuses.ts';

/** Called by electron-builder when the app's folder is complete and not yet signed: sets the fuses. */
export async function afterPack(context: AfterPackContext): Promise<void> {
  const { appOutDir, electronPlatformName, packager } = context;
  const name = packager.appInfo.productFilename;
  const executable = {
    darwin: path.join(appOutDir, `${name}.app`),
    mas: path.join(appOutDir, `${name}.app`),
    win32: path.join(appOutDir, `${name}.exe`),
    linux: path.join(appOutDir, packager.config.linux?.executableName ?? name),
  }[electronPlatformName];
  if (executable === undefined) throw new Error(`Unknown platform ${electronPlatformName}`);
  await flipFuses(executable, fusesFor(await getCurrentFuseWire(executable)));
}
