import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkMap, mappedFolders } from './map.ts';

const map = '# x\n```\nshared/   pure TypeScript\n  base/     errors\n  talk/ drive/   features\ndocs/     pages\n```\n';

it('reads top folders, inner folders and several folders on one line', () => {
  expect([...mappedFolders(map)]).toEqual(['shared', 'shared/base', 'shared/talk', 'shared/drive', 'docs']);
});

it('reports folders without a line and lines without a folder', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-map-'));
  for (const folder of ['shared/base', 'shared/talk', 'shared/new', 'server', 'docs', 'node_modules'])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, 'README.md'), map);
  expect([...checkMap(root)].toSorted()).toEqual([
    'README.md has no line for server/',
    'README.md has no line for shared/new/',
    'README.md names shared/drive/, which does not exist',
  ]);
  rmSync(root, { recursive: true });
});
