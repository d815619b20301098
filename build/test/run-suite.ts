import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChecks } from '../check/run.ts';
import { root } from '../paths.ts';
import { run } from '../process.ts';
import type { OrdinaryUser } from './ordinary-user.ts';
import type { Suite } from './suites.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface SuiteResult extends Counts {
  readonly name: string;
  readonly seconds: number;
  readonly budgetSeconds: number;
  readonly slowest: readonly { readonly name: string; readonly ms: number }[];
  /** Names of tests and files that failed, each with the first lines of why. */
  readonly failures: readonly string[];
}
type Told = Pick<SuiteResult, 'slowest' | 'failures'>;
const nothingTold: Told = { slowest: [], failures: [] };

/** Runs one suite to its end. One that crashes, hangs or runs no test at all counts as failed. */
export async function runSuite(suite: Suite, user: OrdinaryUser, env: NodeJS.ProcessEnv): Promise<SuiteResult> {
  const startedAt = performance.now();
  const done = (counts: Counts, told: Told = nothingTold): SuiteResult => ({
    name: suite.name,
    budgetSeconds: suite.budgetSeconds,
    seconds: (performance.now() - startedAt) / 1000,
    ...counts,
    ...told,
  });
  if (suite.name === 'check') return done({ ...(await runChecks([])), skipped: 0 });

  const dir = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-result-'));
  chmodSync(dir, 0o777);
  const file = path.join(dir, 'result.json');
  const checkout = suite.ordinaryUser ? user.checkout : root;
  const vitest = [
    path.join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    ...['run', '--configLoader', 'native', '--project', suite.name],
    ...['--reporter', 'default', '--reporter', './build/test/reporter.mjs'],
  ];
  const [program, args] = suite.ordinaryUser ? user.command(process.execPath, vitest) : [process.execPath, vitest];
  const { code } = await run(program, args, {
    cwd: checkout,
    env: { ...(suite.ordinaryUser ? user.env(env) : env), HIKYAKU_TEST_RESULT: file },
    timeoutMs: suite.budgetSeconds * 2000,
    show: true,
  });
  const result = readResult(file);
  rmSync(dir, { recursive: true, force: true });
  if (result === undefined) return done({ passed: 0, failed: 1, skipped: 0 });
  const ran = result.passed + result.failed;
  const failed = result.failed === 0 && (code !== 0 || ran === 0) ? 1 : result.failed;
  const { slowest, failures } = result;
  return done({ passed: result.passed, failed, skipped: result.skipped }, { slowest, failures });
}

function readResult(file: string): (Counts & Told) | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts & Told;
  } catch {
    return undefined;
  }
}
