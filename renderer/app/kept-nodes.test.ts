import { expect, test } from 'vitest';
import type { Node } from '#shared/model/drive.ts';
import { keepNodes } from './kept-nodes.ts';

const node = (id: string, more: Partial<Node> = {}): Node => ({
  id,
  spaceId: 's',
  parentId: 'p',
  name: id,
  kind: 'file',
  revision: 1,
  version: 1,
  content: { contentHash: 'a'.repeat(64), sizeBytes: 1, chunks: null, modifiedAt: 0, executable: false },
  updatedAt: 0,
  updatedBy: 'm',
  trashed: false,
  sequence: 1,
  ...more,
});
const nodesOf = (value: unknown) => (value as { nodes: Node[] }).nodes;

test('an answer that says the same is drawn from the same objects', () => {
  const before = { nodes: [node('a'), node('b')], complete: false };
  const now = keepNodes(before, { nodes: [node('a'), node('b')], complete: true });
  expect(nodesOf(now)).toBe(before.nodes);
  expect(now).toMatchObject({ complete: true });
});

test('only what changed is another object', () => {
  const before = { nodes: [node('a'), node('b'), node('c'), node('d')] };
  const lock = { by: 'm', since: 1, until: 2 };
  const changed = [node('a'), node('b', { name: 'B', sequence: 2 }), node('c', { lock }), node('e')];
  const now = nodesOf(keepNodes(before, { nodes: changed }));
  expect(now.map((one, index) => one === before.nodes[index])).toEqual([true, false, false, false]);
  expect(now).toEqual(changed);
});

test('a lock that is held longer, and rights that were given, are changes', () => {
  const before = { nodes: [node('a', { lock: { by: 'm', since: 1, until: 2 }, permission: 'read' })] };
  const same = { nodes: [node('a', { lock: { by: 'm', since: 1, until: 2 }, permission: 'read' })] };
  expect(nodesOf(keepNodes(before, same))).toBe(before.nodes);
  expect(nodesOf(keepNodes(before, { nodes: [node('a', { lock: { by: 'm', since: 1, until: 3 }, permission: 'read' })] }))).not.toBe(
    before.nodes,
  );
  expect(nodesOf(keepNodes(before, { nodes: [node('a', { lock: { by: 'm', since: 1, until: 2 } })] }))).not.toBe(before.nodes);
});

test('what is no list of a folder stays what it is', () => {
  expect(keepNodes(undefined, { nodes: [] })).toEqual({ nodes: [] });
  expect(keepNodes({ nodes: [] }, null)).toBeNull();
});
