import { describe, expect, it } from 'vitest';
import { keepOf, wantedHere, type KeepRow } from './keeping.ts';
import { reconcile } from './reconcile.ts';
import type { LocalNode, RemoteNode, SyncedNode, Trees } from './tree.ts';

const top = { id: 'top', parentId: null, name: '', kind: 'folder' as const, content: null };
const folder = (id: string, parentId = 'top') => ({ id, parentId, name: id, kind: 'folder' as const, content: null });
const file = (id: string, parentId = 'top') => ({ id, parentId, name: id, kind: 'file' as const, content: `bytes of ${id}` });
type Shape = ReturnType<typeof folder> | ReturnType<typeof file> | typeof top;
const remote = (...nodes: Shape[]): Map<string, RemoteNode> =>
  new Map([top, ...nodes].map((node) => [node.id, { ...node, version: 1, sizeBytes: 1, trashed: false }]));
const local = (...nodes: Shape[]): Map<string, LocalNode> => new Map([top, ...nodes].map((node) => [node.id, { ...node, sizeBytes: 1 }]));
const synced = (...nodes: Shape[]): Map<string, SyncedNode> => new Map([top, ...nodes].map((node) => [node.id, { ...node, version: 1 }]));
const row = (id: string, keep: KeepRow['keep'], bring = false): [string, KeepRow] => [id, { id, keep, bring, openedAt: null }];

const plan = (trees: Omit<Trees, 'rootId'>, wanted: (id: string) => boolean = () => false) =>
  reconcile(
    { rootId: 'top', ...trees },
    { verdict: () => null, writable: true, frozen: new Set(), hold: { here: false, there: false }, conflictLabel: 'PC', wanted },
  ).steps;

describe('what is wanted here', () => {
  const tree = remote(folder('a'), folder('b', 'a'), file('c', 'b'), file('d', 'a'), folder('e'));
  const wanted = (keep: 'always' | 'online_only', ...rows: [string, KeepRow][]) => {
    const is = wantedHere({ topId: 'top', rows: new Map(rows), keep, remote: tree });
    return is === undefined ? 'all' : ['a', 'b', 'c', 'd', 'e'].filter((id) => is(id)).join('');
  };
  it('is what the nearest decision above says, with the folders that lead there', () => {
    expect(wanted('always')).toBe('all');
    expect(wanted('online_only')).toBe('');
    expect(wanted('always', row('b', 'online_only'))).toBe('ade');
    expect(wanted('online_only', row('b', 'always'))).toBe('abc');
    expect(wanted('online_only', row('a', 'always'), row('b', 'online_only'), row('c', 'always'))).toBe('abcd');
    expect(wanted('online_only', row('d', null, true))).toBe('ad');
    expect(wanted('online_only', row('gone', 'always'))).toBe('');
  });
  it('follows a thing to its new folder', () => {
    const rows = new Map([row('a', 'always')]);
    const at = (parentId: string) =>
      keepOf({ topId: 'top', rows, keep: 'online_only', parentOf: (id) => (id === 'c' ? parentId : 'top') })('c');
    expect([at('a'), at('e')]).toEqual(['always', 'online_only']);
  });
});

describe('what is only on the server', () => {
  it('is left alone', () => {
    expect(plan({ remote: remote(folder('a'), file('b', 'a')), local: local(), synced: synced() })).toEqual([]);
  });
  it('stays when the folder that it lies in is deleted here, which takes only what was here', () => {
    const trees = { remote: remote(folder('a'), file('here', 'a'), file('unseen', 'a')), local: local() };
    expect(plan({ ...trees, synced: synced(folder('a'), file('here', 'a')) })).toContainEqual({ kind: 'release', id: 'a' });
    expect(plan({ ...trees, synced: synced(file('here', 'a')) })).toEqual([{ kind: 'delete_there', id: 'here', baseVersion: 1 }]);
  });
  it('goes along when its folder is moved', () => {
    const moved = { ...folder('a'), name: 'new' };
    const trees = { remote: remote(folder('a'), file('unseen', 'a')), local: local(moved), synced: synced(folder('a')) };
    expect(plan(trees)).toEqual([{ kind: 'move_there', id: 'a', to: { parentId: 'top', name: 'new' } }]);
  });
  it('gives its name to an equal thing that is made here, and keeps it from any other', () => {
    const trees = { remote: remote(file('a')), synced: synced() };
    expect(plan({ ...trees, local: local({ ...file('x'), name: 'A' }) })).toEqual([{ kind: 'adopt', id: 'a', localId: 'x' }]);
    const step = { kind: 'move_here', id: 'x', to: { parentId: 'top', name: 'a (2)' }, why: 'name_taken' };
    expect(plan({ ...trees, local: local({ ...folder('x'), name: 'a' }) })).toEqual([step]);
  });
  it('is brought as far as something here follows into it', () => {
    const trees = { remote: remote(folder('a'), file('f', 'a'), file('unseen', 'a')), local: local(file('f')), synced: synced(file('f')) };
    expect(plan(trees)).toEqual([{ kind: 'make_folder', id: 'a', to: { parentId: 'top', name: 'a' } }]);
  });
});
