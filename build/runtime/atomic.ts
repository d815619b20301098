import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes the folder `target` once: `fill` writes into a temporary folder beside it, which then takes the name in one step,
 * so that a half-made folder is never mistaken for a whole one, also when two runs start together.
 */
export async function makeOnce(target: string, fill: (dir: string) => Promise<void>): Promise<string> {
  if (existsSync(target)) return target;
  mkdirSync(path.dirname(target), { recursive: true });
  const temporary = mkdtempSync(`${target}-making-`);
  try {
    const inner = path.join(temporary, 'result');
    mkdirSync(inner);
    await fill(inner);
    if (!existsSync(target)) renameSync(inner, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return target;
}
