import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildBundles } from '../bundles.ts';
import { inRoot } from '../paths.ts';
import { findElectron } from '../runtime/find.ts';
import { requireSystem } from '../runtime/system.ts';
import { type OrdinaryUser, ordinaryUser } from './ordinary-user.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';
import { prepareBudgetSeconds, type Suite, suites } from './suites.ts';
import { closingLine, table } from './table.ts';

const names = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. The suites: ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}
const chosen = names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));

const startedAt = performance.now();
// Programs for administrators (runuser, useradd) are not on everyone's path.
process.env['PATH'] = [inRoot('node_modules', '.bin'), process.env['PATH'], '/usr/sbin', '/sbin'].join(path.delimiter);
const env: NodeJS.ProcessEnv = {
  ...process.env,
  LANG: process.env['LANG'] ?? 'C.UTF-8',
};
const user = await prepare(chosen);
const prepareSeconds = (performance.now() - startedAt) / 1000;
const results: SuiteResult[] = [];
try {
  for (const suite of chosen) {
    console.log(`\n── ${suite.name} ${'─'.repeat(Math.max(0, 70 - suite.name.length))}`);
    results.push(await runSuite(suite, user, env));
  }
} finally {
  for (const dir of user.leftovers) rmSync(dir, { recursive: true, force: true });
}
console.log(`\n${table(results, { seconds: prepareSeconds, budgetSeconds: prepareBudgetSeconds })}`);
const slowest = results
  .flatMap((result) => result.slowest.map((test) => ({ ...test, suite: result.name })))
  .toSorted((a, b) => b.ms - a.ms);
console.log(
  `\nSlowest tests:\n${slowest
    .slice(0, 5)
    .map((test) => `  ${(test.ms / 1000).toFixed(1).padStart(6)} s  ${test.suite}: ${test.name}`)
    .join('\n')}\n`,
);
const failures = results.flatMap((result) => result.failures.map((failure) => `  ${result.name}: ${failure}`));
if (failures.length > 0) console.log(`Failed:\n${failures.join('\n')}\n`);
console.log(closingLine(results));
process.exitCode = results.some((result) => result.failed > 0) ? 1 : 0;

/** Installs and builds what the suites need; a machine on which that fails cannot say anything about the product. */
async function prepare(wanted: readonly Suite[]): Promise<OrdinaryUser> {
  const need = (what: 'system' | 'electron'): boolean => wanted.some((suite) => suite.needs.includes(what));
  try {
    if (need('system')) await requireSystem('test', console.log);
    if (need('electron')) {
      const runtime = await findElectron(console.log);
      console.log(`Electron ${runtime.version}${runtime.kind === 'test' ? ', the test runtime' : ''}.`);
      env['ELECTRON_OVERRIDE_DIST_PATH'] = path.dirname(runtime.executablePath);
      await buildBundles(console.log);
    }
    return await ordinaryUser(console.log);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed, 0 skipped');
    process.exit(1);
  }
}
