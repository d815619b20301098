import { accessSync, constants, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '..');

/** A file inside the checkout. */
export const inRoot = (...parts: string[]): string => path.join(root, ...parts);

/** A program that a dev dependency brought. */
export const bin = (name: string): string => inRoot('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * Where prepared runtimes are kept between runs, outside git: `HIKYAKU_CACHE`, else `.cache` in the checkout,
 * else the person's own cache folder where the checkout is read-only.
 */
export function cacheDir(): string {
  const named = process.env['HIKYAKU_CACHE'];
  if (named !== undefined && named !== '') return made(named);
  try {
    const dir = made(inRoot('.cache'));
    accessSync(dir, constants.W_OK);
    return dir;
  } catch {
    return made(path.join(os.homedir(), '.cache', 'hikyaku'));
  }
}

function made(dir: string): string {
  mkdirSync(dir, { recursive: true });
  return dir;
}
