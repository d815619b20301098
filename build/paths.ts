import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '..');

/** A file inside the checkout. */
export const inRoot = (...parts: string[]): string => path.join(root, ...parts);

/** A program that a dev dependency brought. */
export const bin = (name: string): string => inRoot('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * Where the prepared thing `name` is kept between runs, outside git: below `HIKYAKU_CACHE`, `.cache` in the checkout, or
 * the person's own cache folder. The first place that has it, else the first that can be written.
 */
export function prepared(name: string): string {
  const named = process.env['HIKYAKU_CACHE'];
  const places = [...(named === undefined || named === '' ? [] : [named]), inRoot('.cache'), path.join(os.homedir(), '.cache', 'hikyaku')];
  const place = places.find((dir) => existsSync(path.join(dir, name))) ?? places.find(isWritable);
  if (place === undefined) throw new Error(`None of these folders can be written: ${places.join(', ')}`);
  return path.join(place, name);
}

function isWritable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
