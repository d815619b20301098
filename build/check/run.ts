import { existsSync } from 'node:fs';
import { bin, inRoot, root } from '../paths.ts';
import { run } from '../process.ts';
import { checkArrows } from './arrows.ts';
import { checkMap } from './map.ts';
import { checkRules } from './rules.ts';
import { codeFolders } from './sources.ts';
import type { Check } from './task.ts';
import { checkTypes } from './types.ts';

/** A check that is a program of its own: it failed when its exit code says so. */
const program = (name: string, command: string, args: readonly string[]): Check => ({
  name,
  run: async () => {
    const { code, output } = await run(bin(command), args, { cwd: root });
    return code === 0 ? [] : [output.trim()];
  },
});

const folders = codeFolders.filter((folder) => existsSync(inRoot(folder)));

export const checks: readonly Check[] = [
  { name: 'types', run: checkTypes },
  program('lint', 'oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives', ...folders, 'vitest.config.ts']),
  { name: 'arrows', run: () => checkArrows(root) },
  program('dead code', 'knip', ['--no-progress', '--no-config-hints']),
  program('format', 'oxfmt', ['--check', ...folders, 'package.json', 'vitest.config.ts', '.dependency-cruiser.mjs', '.oxlintrc.json']),
  { name: 'rules page', run: async () => checkRules(root) },
  { name: 'folder map', run: async () => checkMap(root) },
];

/** Runs the checks named (all when none is), prints one line each, and returns how many passed and failed. */
export async function runChecks(names: readonly string[]): Promise<{ passed: number; failed: number }> {
  const chosen = names.length === 0 ? checks : checks.filter((check) => names.includes(check.name));
  let failed = 0;
  for (const check of chosen) {
    const startedAt = performance.now();
    const problems = await check.run();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${check.name.padEnd(12)} ${seconds.padStart(6)} s`);
    if (problems.length > 0) {
      failed += 1;
      console.log(problems.join('\n'));
    }
  }
  return { passed: chosen.length - failed, failed };
}
