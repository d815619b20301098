import { describe, expect, it } from 'vitest';
import { observe } from './observe.ts';
import type { LocalRow } from './rows.ts';
import type { ScanEntry, ScanFolder } from './scan-entry.ts';

/** Volumes without birth times: an inode's number is given to the next file, and to any file after mounting anew. */
const stamp = (written: number): string => `5:${written}:${written}`;
const row = (id: string, inode: number, written: number): LocalRow => ({
  id,
  parentId: 'root',
  name: id,
  diskName: id,
  kind: 'file',
  content: `hash of ${id}`,
  sizeBytes: 5,
  identity: `1:${inode}:0`,
  stamp: stamp(written),
  modifiedAt: written,
  executable: false,
  racy: false,
});
const entry = (name: string, inode: number, written: number): ScanEntry => ({
  name,
  kind: 'file',
  linked: false,
  identity: `1:${inode}:0`,
  stamp: stamp(written),
  sizeBytes: 5,
  modifiedAt: written,
  executable: false,
});
const top: LocalRow = { ...row('root', 1, 0), parentId: null, kind: 'folder', content: null };
function look(known: readonly LocalRow[], entries: readonly ScanEntry[]) {
  const folder: ScanFolder = { path: '', entries, ignored: [], failed: null };
  let made = 0;
  return observe([folder], {
    rootId: 'root',
    local: new Map([top, ...known].map((each) => [each.id, each])),
    remote: new Map(),
    rules: { caseSensitive: true, windowsNames: false },
    complete: true,
    newId: () => `new-${(made += 1)}`,
  });
}

describe('a volume that does not say when a file was made', () => {
  it('takes a file with the inode of a deleted one for a new one', () => {
    const { put, gone } = look([row('old', 7, 100)], [entry('new', 7, 200)]);
    expect(gone).toEqual(['old']);
    expect(put.map(({ id, name, content }) => [id, name, content])).toEqual([['new-1', 'new', null]]);
  });

  it('takes a file with the same inode, size and time for the same one, and reads it again', () => {
    const { put, gone } = look([row('old', 7, 100)], [entry('new', 7, 100)]);
    expect(gone).toEqual([]);
    expect(put.map(({ id, name, content }) => [id, name, content])).toEqual([['old', 'new', null]]);
  });

  it('keeps every file where it is when mounting anew has exchanged all numbers', () => {
    const known = [row('a', 7, 100), row('b', 8, 100), row('c', 9, 300)];
    const { put, gone } = look(known, [entry('a', 9, 100), entry('b', 7, 100), entry('c', 8, 300)]);
    expect(gone).toEqual([]);
    expect(put.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ]);
  });

  it('still takes a file that was written anew at its place for the same one', () => {
    const { put, gone } = look([row('a', 7, 100), row('b', 8, 100)], [entry('a', 8, 200), entry('b', 9, 100)]);
    expect(gone).toEqual([]);
    expect(put.map(({ id, name, content }) => [id, name, content])).toEqual([
      ['a', 'a', null],
      ['b', 'b', null],
    ]);
  });
});
