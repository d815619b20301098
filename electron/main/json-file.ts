import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

/** Reads a small JSON file. One that is missing gives null; one that cannot be believed is kept aside as `NAME.bad-TIME` and gives null too. */
export function readJson<S extends z.ZodType>(file: string, schema: S, now: number, report: (error: unknown) => void): z.output<S> | null {
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    report(new Error(`${path.basename(file)} could not be read and is kept aside`, { cause: error }));
    renameSync(file, `${file}.bad-${now}`);
    return null;
  }
}

/** Writes a small JSON file so that after a crash or a full disk either the old or the new one is there, whole. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}
