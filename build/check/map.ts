import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders that are made, fetched or hidden and need no line in the map. */
const unmapped = new Set(['node_modules', 'dist', 'test-results', 'coverage', 'release']);

/**
 * Compares the folder map in README.md (lines such as `shared/base/   what it is`, or with the folder in backquotes)
 * with the folders there are, two levels deep for code. Returns what is missing on either side.
 */
export function checkMap(root: string): readonly string[] {
  const readme = path.join(root, 'README.md');
  if (!existsSync(readme)) return ['README.md is missing'];
  const mapped = mappedFolders(readFileSync(readme, 'utf8'));
  const top = foldersIn(root).filter((name) => !unmapped.has(name));
  const unnamed = top.filter((folder) => !mapped.has(folder)).map((folder) => `README.md has no line for ${folder}/`);
  const gone = [...mapped]
    .filter((folder) => !existsSync(path.join(root, folder)))
    .map((folder) => `README.md names ${folder}/, which does not exist`);
  const inner = ['shared', 'electron', 'server', 'renderer'].flatMap((parent) =>
    foldersIn(path.join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => !mapped.has(folder))
      .map((folder) => `README.md has no line for ${folder}/`),
  );
  return [...unnamed, ...inner, ...gone];
}

/**
 * The folders that a map names. A folder at the start of a line is a top folder; an indented one belongs to the last
 * top folder above it. Several folders may share a line.
 */
export function mappedFolders(text: string): Set<string> {
  const folders = new Set<string>();
  let parent = '';
  for (const block of text.matchAll(/^```[^\n]*\n(.*?)^```/gms)) {
    for (const line of (block[1] ?? '').split('\n')) {
      const match = /^(\s*)((?:[\w.-]+\/(?:[\w.-]+\/)*\s+)+)\S/.exec(`${line} `);
      if (match === null) continue;
      const names = (match[2] ?? '')
        .trim()
        .split(/\s+/)
        .map((name) => name.replace(/\/$/, ''));
      const indented = (match[1] ?? '') !== '';
      if (!indented) parent = names[0] ?? '';
      for (const name of names) folders.add(indented ? `${parent}/${name}` : name);
    }
  }
  return folders;
}

function foldersIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
}
