import { describe, expect, test } from 'vitest';
import type { Node } from '#shared/model/drive.ts';
import { commandVerdicts, permissionIn, type CommandFacts } from './folder-commands.ts';

const node = (id: string, more: Partial<Node> = {}): Node => ({
  id,
  spaceId: 'space',
  parentId: 'here',
  name: id,
  kind: 'file',
  revision: 1,
  version: 1,
  content: { contentHash: 'a'.repeat(64), sizeBytes: 1, chunks: null, modifiedAt: 0, executable: false },
  updatedAt: 0,
  updatedBy: 'me',
  trashed: false,
  sequence: 1,
  ...more,
});
const folder = (id: string, more: Partial<Node> = {}) => node(id, { kind: 'folder', content: null, ...more });
const here = { spaceId: 'space', folderId: 'here', permission: 'edit', way: ['root', 'here'] } as const;
const ask = (more: Partial<CommandFacts>) =>
  commandVerdicts({
    nodes: [],
    here,
    permissionOf: ({ permission }) => permission ?? 'edit',
    ownId: 'me',
    isApp: true,
    clip: null,
    isStarred: () => false,
    isPinned: () => false,
    syncState: () => null,
    ...more,
  });

test('a file can be opened, shown, saved, changed and shared', () => {
  expect(ask({ nodes: [node('a')] })).toMatchObject({
    open: 'ok',
    preview: 'ok',
    openExternally: 'ok',
    download: 'ok',
    rename: 'ok',
    remove: 'ok',
    lock: 'ok',
    versions: 'ok',
    share: null,
    pin: null,
  });
  expect(ask({ nodes: [node('a')], isApp: false }).openExternally).toBeNull();
});

test('several things have one name each to type, and no page of their own', () => {
  expect(ask({ nodes: [node('a'), folder('b')] })).toMatchObject({
    rename: 'one_only',
    open: null,
    download: 'ok',
    remove: 'ok',
    versions: null,
  });
});

test('what may only be viewed says so, in the folder and one by one', () => {
  expect(ask({ nodes: [node('a')], here: { ...here, permission: 'read' } })).toMatchObject({
    rename: 'view_only',
    cut: 'view_only',
    remove: 'view_only',
    copy: 'ok',
    paste: 'view_only',
    newFolder: 'view_only',
  });
  expect(ask({ nodes: [node('a'), folder('b', { permission: 'read' })] }).remove).toBe('view_only');
});

describe('a file that is held', () => {
  const lock = { by: 'other', since: 1, until: 2 };
  test('by somebody else is not changed, and can be let go by who may edit', () => {
    expect(ask({ nodes: [node('a', { lock })] })).toMatchObject({ rename: 'locked', remove: 'locked', lock: null, unlock: 'ok' });
    expect(ask({ nodes: [node('a', { lock, permission: 'read' })] }).unlock).toBe('view_only');
  });
  test('by oneself is one’s own', () => {
    expect(ask({ nodes: [node('a', { lock: { ...lock, by: 'me' } })] })).toMatchObject({ rename: 'ok', unlock: 'ok' });
  });
});

describe('what is pasted', () => {
  const clip = { kind: 'cut', spaceId: 'space', nodes: [folder('f')] } as const;
  test('goes where it may', () => {
    expect(ask({}).paste).toBe('nothing_to_paste');
    expect(ask({ clip }).paste).toBe('ok');
    expect(ask({ clip, here: { ...here, way: ['root', 'f', 'here'] } }).paste).toBe('into_itself');
  });
  test('is copied to another drive, never moved', () => {
    expect(ask({ clip: { ...clip, spaceId: 'other' } }).paste).toBe('cut_from_elsewhere');
    expect(ask({ clip: { ...clip, spaceId: 'other', kind: 'copy' } }).paste).toBe('ok');
  });
});

test('things gathered from everywhere lead to their folder, and move only together with their neighbours', () => {
  const gathered = ask({ here: null, nodes: [node('a'), node('b', { spaceId: 'other' })] });
  expect(gathered).toMatchObject({ cut: 'same_place_only', remove: 'same_place_only', paste: null, newFolder: null, copy: 'ok' });
  expect(ask({ here: null, nodes: [node('a')] }).showInFolder).toBe('ok');
});

test('stars and quick access turn to their opposite', () => {
  expect(ask({ nodes: [node('a')], isStarred: () => true })).toMatchObject({ star: null, unstar: 'ok' });
  expect(ask({ nodes: [folder('a')], isPinned: () => true })).toMatchObject({ pin: null, unpin: 'ok' });
});

test('a node’s own permission goes before its folder’s, and that before its drive’s', () => {
  const spaces = [{ id: 'space', permission: 'read' }] as const;
  expect(permissionIn('edit', spaces)({ permission: 'read', spaceId: 'space' })).toBe('read');
  expect(permissionIn('edit', spaces)({ spaceId: 'space' })).toBe('edit');
  expect(permissionIn(undefined, spaces)({ spaceId: 'space' })).toBe('read');
  expect(permissionIn(undefined, spaces)({ spaceId: 'unknown' })).toBe('read');
});

test('what is kept on this PC is offered only in a synced folder, each way where it changes something', () => {
  const states = { here: 'always', opened: 'temporary', away: 'online_only', partly: 'mixed' } as const;
  const syncState = (id: string) => (Object.hasOwn(states, id) ? states[id as keyof typeof states] : null);
  const offered = (...ids: string[]) => {
    const { keepHere, freeUp } = ask({ nodes: ids.map((id) => node(id)), syncState });
    return [keepHere, freeUp];
  };
  expect(offered('elsewhere')).toEqual([null, null]);
  expect(offered('here', 'elsewhere')).toEqual([null, null]);
  expect(offered('here')).toEqual([null, 'ok']);
  expect(offered('opened')).toEqual(['ok', 'ok']);
  expect(offered('away')).toEqual(['ok', null]);
  expect(offered('here', 'away')).toEqual(['ok', 'ok']);
  expect(offered('partly')).toEqual(['ok', 'ok']);
});
