import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** The version of this program, as its package says; for programs that run from the checkout. */
export function ownVersion(): string {
  const file = path.resolve(import.meta.dirname, '..', '..', '..', 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
