import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRoot } from '../../build/paths.ts';
import { run } from '../../build/process.ts';
import type { Guard } from './list.ts';

/** A copy of the sources in which one line can be missing; nothing of the checkout is touched. */
export class Copy {
  readonly #at = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-guards-'));

  constructor() {
    for (const folder of ['shared', 'electron', 'test/sim', 'test/matrix', 'test/guards', 'test/agent', 'build'])
      cpSync(inRoot(folder), path.join(this.#at, folder), { recursive: true });
    cpSync(inRoot('package.json'), path.join(this.#at, 'package.json'));
    symlinkSync(inRoot('node_modules'), path.join(this.#at, 'node_modules'));
  }

  /** Plays cases as the copy stands; null when all is well, else what the first one says. */
  async play(names: readonly string[]): Promise<string | null> {
    const { code, output } = await run(process.execPath, ['test/guards/case.ts', ...names], { cwd: this.#at, timeoutMs: 120_000 });
    return code === 0 ? null : (output.trim().split('\n').at(-1) ?? '').slice(0, 300);
  }

  /** Plays the case of a guard without that guard; null when nobody noticed. Throws when the source is not what the list says. */
  async without({ file, find, without, fails }: Guard): Promise<string | null> {
    const target = path.join(this.#at, file);
    const source = readFileSync(target, 'utf8');
    if (source.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
    writeFileSync(
      target,
      source.replace(find, () => without),
    );
    try {
      return await this.play([fails]);
    } finally {
      writeFileSync(target, source);
    }
  }

  remove(): void {
    rmSync(this.#at, { recursive: true, force: true });
  }
}
