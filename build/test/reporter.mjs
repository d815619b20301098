import { writeFileSync } from 'node:fs';
import process from 'node:process';

/** Writes how many tests passed, failed and were skipped to the file named in HIKYAKU_TEST_RESULT. */
export default class CountReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    const file = process.env['HIKYAKU_TEST_RESULT'];
    if (file === undefined) return;
    const counts = { passed: 0, failed: 0, skipped: 0, slowest: /** @type {{ name: string, ms: number }[]} */ ([]) };
    for (const module of modules) {
      // A file that cannot be loaded has no test that failed, and must not pass for that.
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
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
