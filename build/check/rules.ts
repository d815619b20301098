import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFiles } from './sources.ts';

/** Rule IDs: a family of three or four capitals, a hyphen, two digits; `docs/rules.md` explains each. */
const rule = /\b(?!RFC|UTF|SHA|ISO|AES|NFC|NFD)[A-Z]{3,4}-\d{2}\b/g;

/** Every rule ID that code cites must stand in docs/rules.md; returns those that do not, with the first place that cites them. */
export function checkRules(root: string): readonly string[] {
  const page = path.join(root, 'docs/rules.md');
  if (!existsSync(page)) return ['docs/rules.md is missing'];
  const explained = new Set(readFileSync(page, 'utf8').match(rule) ?? []);
  const cited = new Map<string, string>();
  for (const file of sourceFiles(root)) {
    if (file.startsWith('build/check/')) continue;
    for (const id of readFileSync(path.join(root, file), 'utf8').match(rule) ?? []) if (!cited.has(id)) cited.set(id, file);
  }
  return [...cited].filter(([id]) => !explained.has(id)).map(([id, file]) => `${id} (${file}) is not in docs/rules.md`);
}
