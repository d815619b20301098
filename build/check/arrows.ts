import { existsSync } from 'node:fs';
import path from 'node:path';
import { bin } from '../paths.ts';
import { run } from '../process.ts';
import { codeFolders, sourceFiles } from './sources.ts';

interface CruiseResult {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
}

/**
 * Checks the arrows between folders of the checkout at `root`. Also reports every source file that was not looked at:
 * a cruiser that cannot parse TypeScript sees nothing and would pass.
 */
export async function checkArrows(root: string): Promise<readonly string[]> {
  const folders = codeFolders.filter((folder) => existsSync(path.join(root, folder)));
  const { code, output } = await run(bin('depcruise'), ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders], {
    cwd: root,
  });
  const start = output.indexOf('{');
  if (start === -1) return [`dependency-cruiser ended with ${code} and no result:\n${output}`];
  const result = JSON.parse(output.slice(start)) as CruiseResult;
  const seen = new Set(result.modules.map((module) => module.source));
  const unseen = sourceFiles(root).filter((file) => !seen.has(file));
  return [
    ...result.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`),
    ...unseen.map((file) => `not looked at: ${file}`),
  ];
}
