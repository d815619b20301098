import { expect, test } from 'vitest';
import type { Node, Space } from '#shared/model/drive.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { folderRows, spaceRows } from './drive-picker-rows.ts';

const space = (id: string, kind: Space['kind'], permission: Space['permission']): Space => ({
  id,
  kind,
  name: id,
  rootId: `${id}-root`,
  permission,
  epoch: '1',
  sequence: 0,
  usedBytes: 0,
});
const node = (name: string, sizeBytes: number | null): Node => ({
  id: name,
  spaceId: 's',
  parentId: 'root',
  name,
  kind: sizeBytes === null ? 'folder' : 'file',
  revision: 1,
  version: 1,
  content: sizeBytes === null ? null : { contentHash: 'a'.repeat(64), sizeBytes, chunks: null, modifiedAt: 1, executable: false },
  updatedAt: 1,
  updatedBy: 'm',
  trashed: false,
  sequence: 1,
});

test('drives stand by their kind; those that may only be viewed are closed to what is saved, and open to what is taken', () => {
  const spaces = [space('mine', 'my', 'edit'), space('shared', 'shared', 'read')];
  const closed = (wanted: 'folder' | 'files') =>
    spaceRows(spaces, wanted).map((row) => (row.kind === 'space' ? [row.id, row.closed] : row.kind));
  expect(closed('folder')).toEqual(['heading', ['shared-root', true], 'heading', ['mine-root', false]]);
  expect(closed('files')).toEqual(['heading', ['shared-root', false], 'heading', ['mine-root', false]]);
});

test('files are there only where files are wanted, each judged by the rules of Drive and of Talk', () => {
  const policy = { ...defaultPolicy, blockedExtensions: { talk: ['zip'], drive: ['dwg'] }, talkFileLimitBytes: 100 };
  const nodes = [node('図10.pdf', 1), node('b.dwg', 1), node('c.zip', 1), node('図2.pdf', 101), node('箱', null)];
  expect(folderRows(nodes, 'folder', policy).map(({ id }) => id)).toEqual(['箱']);
  const rows = folderRows(nodes, 'files', policy).map((row) => [row.id, row.kind === 'file' ? row.refusal : null]);
  expect(rows).toEqual([
    ['箱', null],
    ['b.dwg', { reason: 'extension_blocked', subject: 'dwg' }],
    ['c.zip', { reason: 'extension_blocked', subject: 'zip' }],
    ['図2.pdf', { reason: 'file_too_large', subject: '100' }],
    ['図10.pdf', null],
  ]);
});
