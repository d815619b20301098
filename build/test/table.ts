import type { SuiteResult } from './run-suite.ts';

/** The table at the end of a test run: each suite's counts, and its time against its budget. */
export function table(results: readonly SuiteResult[], prepare: { readonly seconds: number; readonly budgetSeconds: number }): string {
  const row = (name: string, cells: readonly (string | number)[], note = ''): string =>
    `${name.padEnd(10)}${cells.map((cell) => String(cell).padStart(9)).join('')}${note === '' ? '' : `  ${note}`}`;
  const time = (seconds: number, budget: number): [string, string] => [`${seconds.toFixed(1)} s`, `${budget} s`];
  const over = (seconds: number, budget: number): string => (seconds > budget ? 'over budget' : '');
  const sum = (pick: (result: SuiteResult) => number): number => results.reduce((total, result) => total + pick(result), 0);
  const seconds = prepare.seconds + sum((result) => result.seconds);
  const budget = prepare.budgetSeconds + sum((result) => result.budgetSeconds);
  return [
    row('suite', ['passed', 'failed', 'skipped', 'took', 'budget']),
    row('prepare', ['', '', '', ...time(prepare.seconds, prepare.budgetSeconds)], over(prepare.seconds, prepare.budgetSeconds)),
    ...results.map((result) =>
      row(
        result.name,
        [result.passed, result.failed, result.skipped, ...time(result.seconds, result.budgetSeconds)],
        over(result.seconds, result.budgetSeconds),
      ),
    ),
    row('all', [sum((r) => r.passed), sum((r) => r.failed), sum((r) => r.skipped), ...time(seconds, budget)], over(seconds, budget)),
  ].join('\n');
}

/** The last line of a test run. */
export function closingLine(results: readonly SuiteResult[]): string {
  const sum = (name: 'passed' | 'failed' | 'skipped'): number => results.reduce((total, result) => total + result[name], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
