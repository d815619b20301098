import { expect, it } from 'vitest';
import { closingLine, table } from './table.ts';

const results = [
  { name: 'unit', passed: 10, failed: 1, skipped: 0, seconds: 12.34, budgetSeconds: 60, slowest: [], failures: [] },
  { name: 'e2e', passed: 5, failed: 0, skipped: 2, seconds: 90, budgetSeconds: 80, slowest: [], failures: [] },
];

it('shows each suite with its time against its budget, and says which took longer', () => {
  const lines = table(results, { seconds: 1, budgetSeconds: 300 }).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[2]).toMatch(/^unit +10 +1 +0 +12\.3 s +60 s$/);
  expect(lines[3]).toMatch(/^e2e +5 +0 +2 +90\.0 s +80 s {2}over budget$/);
  expect(lines[4]).toMatch(/^all +15 +1 +2 +103\.3 s +440 s$/);
});

it('closes with the sums over all suites', () => {
  expect(closingLine(results)).toBe('15 passed, 1 failed, 2 skipped');
});
