import { describe, expect, it } from 'vitest';
import type { PlanOptions, Step } from './plan.ts';
import { reconcile } from './reconcile.ts';
import type { LocalNode, RemoteNode, SyncedNode, Trees } from './tree.ts';

/** `path` → content; `null` for a folder. The id is the name, or what stands before `=`. */
type Sketch = Record<string, string | null>;

interface Drawn {
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly content: string | null;
}

/** Reads a tree from lines such as `f=folder`, `f/x=file.txt`: ids by place, names after `=`. */
function draw(sketch: Sketch): Drawn[] {
  return Object.entries(sketch).map(([line, content]) => {
    const [ids, shown] = line.split('=') as [string, string | undefined];
    const parts = ids.split('/');
    const id = parts.at(-1)!;
    return { id, parentId: parts.at(-2) ?? 'root', name: shown ?? id, kind: content === null ? 'folder' : 'file', content };
  });
}

const top = { id: 'root', parentId: null, name: '', kind: 'folder', content: null } as const;
interface World {
  readonly synced: Sketch;
  readonly remote: Sketch;
  readonly local: Sketch;
  /** Ids that the server has in its trash. */
  readonly trashed?: readonly string[];
}

function trees({ synced, remote, local, trashed = [] }: World): Trees {
  const was = new Map(draw(synced).map((node) => [node.id, node]));
  const dead = trashed.map((id): RemoteNode => ({ ...was.get(id)!, version: 1, sizeBytes: 1, trashed: true }));
  const alive = draw(remote).map((node): RemoteNode => {
    const before = was.get(node.id);
    return { ...node, version: before?.content === node.content ? 1 : 2, sizeBytes: 1, trashed: false };
  });
  const map = <N extends { id: string }>(nodes: readonly N[]): Map<string, N> => new Map(nodes.map((node) => [node.id, node]));
  return {
    rootId: 'root',
    synced: map<SyncedNode>([{ ...top, version: 0 }, ...draw(synced).map((node) => ({ ...node, version: 1 }))]),
    remote: map<RemoteNode>([{ ...top, version: 0, sizeBytes: 0, trashed: false }, ...alive, ...dead]),
    local: map<LocalNode>([{ ...top, sizeBytes: 0 }, ...draw(local).map((node) => ({ ...node, sizeBytes: 1 }))]),
  };
}

const options: PlanOptions = {
  verdict: ({ name }) => (name.endsWith('.exe') ? 'extension_blocked' : null),
  writable: true,
  frozen: new Set(),
  hold: { here: false, there: false },
  conflictLabel: 'PC-1 t',
};
const plan = (world: World, more: Partial<PlanOptions> = {}) => reconcile(trees(world), { ...options, ...more });
const steps = (world: World): readonly Step[] => plan(world).steps;

describe('the ten kinds of conflict', () => {
  it('create–create: equal folders merge, equal files are one, and different files keep both versions', () => {
    expect(steps({ synced: {}, remote: { 'r=x': null }, local: { 'l=x': null } })).toEqual([{ kind: 'adopt', id: 'r', localId: 'l' }]);
    expect(steps({ synced: {}, remote: { 'r=x': 'one' }, local: { 'l=x': 'two' } })).toEqual([{ kind: 'adopt', id: 'r', localId: 'l' }]);
    expect(steps({ synced: {}, remote: { 'r=x': 'one' }, local: { 'r=x': 'one' } })).toEqual([{ kind: 'agree', id: 'r' }]);
    expect(steps({ synced: {}, remote: { 'r=x.txt': 'one' }, local: { 'r=x.txt': 'two' } })).toEqual([
      { kind: 'fork', id: 'r', name: 'x (conflict PC-1 t).txt' },
    ]);
  });

  it('create–create of a file and a folder: the server’s keeps the name', () => {
    expect(steps({ synced: {}, remote: { 'r=x.d': null }, local: { 'l=x.d': 'file' } })).toEqual([
      { kind: 'move_here', id: 'l', to: { parentId: 'root', name: 'x (2).d' }, why: 'name_taken' },
    ]);
  });

  it('edit–edit: the server’s version keeps the name, the local bytes become one copy', () => {
    expect(steps({ synced: { x: 'old' }, remote: { x: 'theirs' }, local: { x: 'mine' } })).toEqual([
      { kind: 'fork', id: 'x', name: 'x (conflict PC-1 t)' },
    ]);
    expect(steps({ synced: { x: 'old' }, remote: { x: 'same' }, local: { x: 'same' } })).toEqual([{ kind: 'agree', id: 'x' }]);
    expect(steps({ synced: { x: 'old' }, remote: { x: 'same' }, local: { x: 'same+x' } })).toEqual([{ kind: 'write', id: 'x', to: null }]);
  });

  it('move–create: the moved one gives way to what the server has under that name', () => {
    expect(steps({ synced: { x: 'x' }, remote: { x: 'x', 'r=y': 'new' }, local: { 'x=y': 'x' } })).toEqual([
      { kind: 'move_here', id: 'x', to: { parentId: 'root', name: 'y (2)' }, why: 'name_taken' },
    ]);
  });

  it('edit–delete: the edit wins on either side', () => {
    expect(steps({ synced: { x: 'old' }, remote: {}, trashed: ['x'], local: { x: 'edited' } })).toEqual([{ kind: 'renew', id: 'x' }]);
    expect(steps({ synced: { x: 'old' }, remote: { x: 'edited' }, local: {} })).toEqual([{ kind: 'release', id: 'x' }]);
  });

  it('move–delete: what somebody moved stays, with all that lies in it', () => {
    const was = { f: null, 'f/x': 'x' };
    expect(steps({ synced: was, remote: {}, trashed: ['f', 'x'], local: { 'f=g': null, 'f/x': 'x' } })).toEqual([
      { kind: 'renew', id: 'f' },
      { kind: 'renew', id: 'x' },
    ]);
    expect(steps({ synced: was, remote: { 'f=g': null, 'f/x': 'x' }, local: {} })).toEqual([
      { kind: 'release', id: 'f' },
      { kind: 'release', id: 'x' },
    ]);
  });

  it('move–parent delete: what was moved into a deleted folder brings that folder back', () => {
    expect(steps({ synced: { f: null, x: 'x' }, remote: { x: 'x' }, trashed: ['f'], local: { f: null, 'f/x': 'x' } })).toContainEqual({
      kind: 'renew',
      id: 'f',
    });
    expect(steps({ synced: { f: null, x: 'x' }, remote: { f: null, 'f/x': 'x' }, local: { x: 'x' } })).toContainEqual({
      kind: 'release',
      id: 'f',
    });
  });

  it('create–parent delete: the folders above a new file come back, their untouched files do not', () => {
    const was = { f: null, 'f/g': null, 'f/g/old': 'old', 'f/h': 'h' };
    const local = { ...was, 'f/g/new': 'new' };
    const { steps: first } = plan({ synced: was, remote: {}, trashed: ['f', 'g', 'old', 'h'], local });
    expect(first.filter(({ kind }) => kind === 'renew').map(({ id }) => id)).toEqual(['f', 'g']);
    expect(first.filter(({ kind }) => kind === 'delete_here').map(({ id }) => id)).toEqual(['h', 'old']);
  });

  it('move–move of one thing: the move that the server has wins', () => {
    const world = {
      synced: { x: 'x', a: null, b: null },
      remote: { a: null, b: null, 'a/x': 'x' },
      local: { a: null, b: null, 'b/x': 'x' },
    };
    expect(steps(world)).toEqual([{ kind: 'move_here', id: 'x', to: { parentId: 'a', name: 'x' }, why: 'follow' }]);
  });

  it('move–move to one place: the second one gets a number', () => {
    const world = { synced: { x: 'x', y: 'y' }, remote: { 'x=z': 'x', y: 'y' }, local: { x: 'x', 'y=z': 'y' } };
    expect(steps(world)).toEqual([{ kind: 'move_here', id: 'y', to: { parentId: 'root', name: 'z (2)' }, why: 'name_taken' }]);
  });

  it('move–move in a circle: the local move is taken back', () => {
    const world = { synced: { a: null, b: null }, remote: { b: null, 'b/a': null }, local: { a: null, 'a/b': null } };
    expect(steps(world)).toEqual([{ kind: 'move_here', id: 'b', to: { parentId: 'root', name: 'b' }, why: 'undo' }]);
  });
});

describe('deletions', () => {
  it('need a tombstone: what is merely absent stays', () => {
    const { steps: none, skipped } = plan({ synced: { x: 'x' }, remote: {}, local: { x: 'x' } });
    expect(none).toEqual([]);
    expect(skipped).toEqual([{ id: 'x', side: 'here', reason: 'server_answer_incomplete' }]);
  });

  it('of a file whose content is not known wait until it was read', () => {
    const world = trees({ synced: { x: 'x' }, remote: {}, trashed: ['x'], local: { x: 'x' } });
    const unread = new Map(world.local).set('x', { ...world.local.get('x')!, content: null });
    expect(reconcile({ ...world, local: unread }, options).steps).toEqual([{ kind: 'hash', id: 'x' }]);
  });

  it('stop at a folder with something foreign inside, and at one that cannot be listed', () => {
    const world = trees({ synced: { f: null }, remote: {}, trashed: ['f'], local: { f: null } });
    const foreign = new Map(world.local).set('f', { ...world.local.get('f')!, foreign: true });
    expect(reconcile({ ...world, local: foreign }, options)).toMatchObject({ steps: [], skipped: [{ id: 'f', reason: 'foreign_inside' }] });
    const unlisted = plan(
      { synced: { f: null, 'f/x': 'x' }, remote: { f: null, 'f/x': 'x' }, local: { f: null } },
      { frozen: new Set(['f']) },
    );
    expect(unlisted).toMatchObject({ steps: [], skipped: [{ id: 'x', reason: 'folder_unreadable' }] });
  });

  it('wait while they are held, and are counted whole', () => {
    const world = { synced: { f: null, 'f/x': 'x' }, remote: { f: null, 'f/x': 'x' }, local: {} };
    expect(plan(world, { hold: { here: false, there: true } })).toMatchObject({ steps: [], deletions: { here: [], there: ['f', 'x'] } });
  });
});

describe('rules', () => {
  it('leave a blocked file where it is, on either side, and say why', () => {
    const world = { synced: {}, remote: { 'r=a.exe': 'a' }, local: { 'l=b.exe': 'b' } };
    expect(plan(world)).toMatchObject({
      steps: [],
      skipped: [
        { id: 'l', side: 'there', reason: 'extension_blocked' },
        { id: 'r', side: 'here', reason: 'extension_blocked' },
      ],
    });
  });

  it('change nothing on the server in a space that may only be read', () => {
    const world = { synced: { x: 'old', y: 'y' }, remote: { x: 'old', y: 'y' }, local: { x: 'mine', new: 'n' } };
    const { steps: none, skipped } = plan(world, { writable: false });
    expect(none).toEqual([]);
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['permission_missing']));
  });
});

describe('moves that stand in each other’s way', () => {
  it('go around each other under another name for a moment', () => {
    const swapped = { synced: { 'x=a': 'x', 'y=b': 'y' }, remote: { 'x=a': 'x', 'y=b': 'y' }, local: { 'x=b': 'x', 'y=a': 'y' } };
    expect(steps(swapped)).toEqual([{ kind: 'move_there', id: 'x', to: { parentId: 'root', name: 'b (2)' } }]);
  });

  it('change only the case of a name in one step', () => {
    expect(steps({ synced: { 'x=a': 'x' }, remote: { 'x=A': 'x' }, local: { 'x=a': 'x' } })).toEqual([
      { kind: 'move_here', id: 'x', to: { parentId: 'root', name: 'A' }, why: 'follow' },
    ]);
  });
});
