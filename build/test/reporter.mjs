import { writeFileSync } from 'node:fs';
import process from 'node:process';

/**
 * What a failure says, cut to a few lines: all of it stands above, where its test ran.
 * @param {string} name
 * @param {readonly { message?: string }[] | undefined} errors
 */
const told = (name, errors) => [name, ...(errors?.[0]?.message ?? '').split('\n').slice(0, 3)].join('\n      ').slice(0, 600);

/** Writes how many tests passed, failed and were skipped, and which failed, to the file named in HIKYAKU_TEST_RESULT. */
export default class CountReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    const file = process.env['HIKYAKU_TEST_RESULT'];
    if (file === undefined) return;
    const counts = {
      passed: 0,
      failed: 0,
      skipped: 0,
      slowest: /** @type {{ name: string, ms: number }[]} */ ([]),
      failures: /** @type {string[]} */ ([]),
    };
    for (const module of modules) {
      // A file that cannot be loaded has no test that failed, and must not pass for that.
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) {
        counts.failed += 1;
        counts.failures.push(told(module.moduleId, module.errors()));
      }
      for (const test of module.children.allTests()) {
        const { state, errors: why } = test.result();
        if (state === 'failed') counts.failures.push(told(test.fullName, why));
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else counts.skipped += 1;
        counts.slowest.push({ name: test.fullName, ms: Math.round(test.diagnostic()?.duration ?? 0) });
      }
    }
    if (errors.length > 0) counts.failed += errors.length;
    counts.slowest = counts.slowest.toSorted((a, b) => b.ms - a.ms).slice(0, 5);
    writeFileSync(file, JSON.stringify(counts));
  }
}
