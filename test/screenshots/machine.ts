import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs this script once more where the machine has another name, as a person's PC has: pictures show the name that the product asks the
 * system for. The name is for that run alone, which Linux grants to root; elsewhere (null) this machine's own name is shown.
 */
export async function runWithMachineName(name: string): Promise<number | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || os.hostname() === name) return null;
  const script = 'echo "$0" > /proc/sys/kernel/hostname && exec "$@"';
  const start = ['--uts', '--', 'sh', '-c', script, name];
  const may = await promisify(execFile)('unshare', [...start, 'true']).then(
    () => true,
    () => false,
  );
  if (!may) return null;
  const child = spawn('unshare', [...start, process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** A home folder for a person who does not exist, gone at the end; inside `otherwise` where there is one already or none may be made. */
export function makeHome(person: string, otherwise: string): { readonly folder: string; readonly remove: () => void } {
  const folder = path.join('/home', person);
  try {
    mkdirSync(folder);
  } catch {
    const inside = path.join(otherwise, 'home', person);
    mkdirSync(inside, { recursive: true });
    return { folder: inside, remove: () => {} };
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
