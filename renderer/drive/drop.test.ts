import { expect, test } from 'vitest';
import { dropVerdict, type DropTarget } from './drop.ts';

const target: DropTarget = { folderId: 'f', name: '営業', spaceId: 's', permission: 'edit', way: ['root', 'parent', 'f'] };
const files = (...names: string[]) => ({ kind: 'files', count: names.length, names }) as const;
const row = (id: string, parentId = 'elsewhere', kind: 'file' | 'folder' = 'file') => ({ id, name: id, parentId, kind });
const rows = (...nodes: ReturnType<typeof row>[]) => ({ kind: 'nodes', spaceId: 's', nodes }) as const;

test('files of the desktop are added, also before their names are known', () => {
  expect(dropVerdict(files('a.txt', 'b.txt', 'c.txt'), target, ['exe'])).toEqual({ kind: 'add', count: 3, kept: 0, extension: null });
  expect(dropVerdict({ kind: 'files', count: 3, names: [] }, target, ['exe'])).toMatchObject({ kind: 'add', count: 3 });
});

test('a folder to be viewed only takes neither files nor rows', () => {
  const locked = { ...target, permission: 'read' as const };
  expect(dropVerdict(files('a.txt'), locked, [])).toEqual({ kind: 'refuse', reason: 'read_only' });
  expect(dropVerdict(rows(row('x')), locked, [])).toEqual({ kind: 'refuse', reason: 'read_only' });
});

test('a blocked extension refuses when all are blocked, and is said beforehand when some are', () => {
  expect(dropVerdict(files('Setup.EXE'), target, ['exe'])).toEqual({ kind: 'refuse', reason: 'extension_blocked', extension: 'exe' });
  expect(dropVerdict(files('a.txt', 'setup.exe'), target, ['exe'])).toEqual({ kind: 'add', count: 2, kept: 1, extension: 'exe' });
});

test('rows move within their drive, never into themselves, below themselves or where they are', () => {
  expect(dropVerdict(rows(row('x'), row('y')), target, [])).toEqual({ kind: 'move', count: 2 });
  expect(dropVerdict(rows(row('parent', 'root', 'folder')), target, [])).toEqual({ kind: 'refuse', reason: 'into_itself' });
  expect(dropVerdict(rows(row('f', 'parent', 'folder')), target, [])).toEqual({ kind: 'refuse', reason: 'into_itself' });
  expect(dropVerdict(rows(row('x', 'f')), target, [])).toEqual({ kind: 'refuse', reason: 'here_already' });
});

test('rows are copied with the key for it, also beside themselves, and to other drives in any case: nothing moves there', () => {
  expect(dropVerdict(rows(row('x', 'f')), target, [], true)).toEqual({ kind: 'copy', count: 1, across: false });
  expect(dropVerdict({ ...rows(row('x')), spaceId: 'other' }, target, [])).toEqual({ kind: 'copy', count: 1, across: true });
  const readOnly = { ...target, permission: 'read' as const };
  expect(dropVerdict({ ...rows(row('x')), spaceId: 'other' }, readOnly, [])).toEqual({ kind: 'refuse', reason: 'read_only' });
  expect(dropVerdict(rows(row('parent', 'root', 'folder')), target, [], true)).toEqual({ kind: 'refuse', reason: 'into_itself' });
});

test('rows that may be changed are dropped on the trash; files of the desktop are not', () => {
  const trash = { ...target, folderId: 'root', way: [], isTrash: true };
  expect(dropVerdict(rows(row('x'), row('y', 'root')), trash, [])).toEqual({ kind: 'delete', count: 2 });
  expect(dropVerdict(rows(row('x')), { ...trash, permission: 'read' }, [])).toEqual({ kind: 'refuse', reason: 'read_only' });
  expect(dropVerdict(files('a.txt'), trash, [])).toEqual({ kind: 'refuse', reason: 'not_in_drive' });
});
