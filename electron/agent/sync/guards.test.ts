import { describe, expect, it } from 'vitest';
import type { SyncedNode, Trees } from '#shared/sync/tree.ts';
import { massDelete } from './guards.ts';

const node = (id: string, parentId: string | null, kind: 'folder' | 'file'): SyncedNode => ({
  id,
  parentId,
  name: id,
  kind,
  content: null,
  version: 0,
});
const trees = (folders: Record<string, number>): Trees => {
  const synced = new Map<string, SyncedNode>([['root', node('root', null, 'folder')]]);
  for (const [folder, files] of Object.entries(folders)) {
    synced.set(folder, node(folder, 'root', 'folder'));
    for (let index = 0; index < files; index += 1) synced.set(`${folder}-${index}`, node(`${folder}-${index}`, folder, 'file'));
  }
  return { rootId: 'root', synced, local: new Map(), remote: new Map() };
};
const files = (folder: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${folder}-${index}`);

describe('the guard against mass deletion', () => {
  it('lets everyday deletions pass', () => {
    const all = trees({ a: 60, b: 2_000 });
    expect(massDelete(all, { here: files('a', 59), there: [] })).toEqual({ here: false, there: false, files: 0 });
    expect(massDelete(all, { here: [], there: files('b', 400) })).toEqual({ here: false, there: false, files: 0 });
    expect(massDelete(trees({ a: 50, b: 1 }), { here: [...files('a', 50), 'a'], there: [] }).here).toBe(false);
  });

  it('asks when all files of a top-level folder with more than 50 go, whether the folder goes with them or not', () => {
    const all = trees({ a: 51, b: 2_000 });
    expect(massDelete(all, { here: files('a', 51), there: [] })).toEqual({ here: true, there: false, files: 51 });
    expect(massDelete(all, { here: [], there: [...files('a', 51), 'a'] })).toEqual({ here: false, there: true, files: 51 });
  });

  it('asks when everything goes, unless that is very little', () => {
    expect(massDelete(trees({ a: 11 }), { here: [], there: [...files('a', 11), 'a'] })).toEqual({ here: false, there: true, files: 11 });
    expect(massDelete(trees({ a: 10 }), { here: [], there: [...files('a', 10), 'a'] }).there).toBe(false);
    expect(massDelete(trees({ a: 11, b: 1 }), { here: [...files('a', 11), 'a'], there: [] }).here).toBe(false);
  });

  it('asks when more than 200 files and a fifth of all go', () => {
    expect(massDelete(trees({ a: 1_000 }), { here: files('a', 201), there: [] }).here).toBe(true);
    expect(massDelete(trees({ a: 300, b: 5_000 }), { here: [], there: files('b', 1_061) }).there).toBe(true);
    expect(massDelete(trees({ a: 300, b: 5_000 }), { here: [], there: files('b', 1_060) }).there).toBe(false);
  });
});
