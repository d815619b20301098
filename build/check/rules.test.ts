import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkRules } from './rules.ts';

it('reports rule IDs that code cites and the page does not explain, and nothing else', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-rules-'));
  mkdirSync(path.join(root, 'shared'));
  mkdirSync(path.join(root, 'docs'));
  writeFileSync(path.join(root, 'shared/a.ts'), '// ACC-30, FIL-01; see RFC 9449, UTF-16, SHA-25\n');
  writeFileSync(path.join(root, 'docs/rules.md'), '## ACC-30 Blocking\n');
  expect(checkRules(root)).toEqual(['FIL-01 (shared/a.ts) is not in docs/rules.md']);
  rmSync(root, { recursive: true });
});
