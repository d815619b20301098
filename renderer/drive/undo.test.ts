import { expect, test } from 'vitest';
import { UndoHistory, undoSteps, type Done } from './undo.ts';

const move: Done = {
  kind: 'move',
  spaceId: 's',
  items: [
    { nodeId: '1', from: { parentId: 'a', name: 'x' }, to: { parentId: 'b', name: 'x' } },
    { nodeId: '2', from: { parentId: 'a', name: 'y' }, to: { parentId: 'b', name: 'y' } },
  ],
};
const removal: Done = { kind: 'delete', spaceId: 's', nodeIds: ['1', '2'] };

test('a move goes back where each thing was, the last one first', () => {
  expect(undoSteps(move)).toEqual([
    { kind: 'move', spaceId: 's', nodeId: '2', to: { parentId: 'a', name: 'y' } },
    { kind: 'move', spaceId: 's', nodeId: '1', to: { parentId: 'a', name: 'x' } },
  ]);
});

test('a deletion is restored in one step', () => {
  expect(undoSteps(removal)).toEqual([{ kind: 'restore', spaceId: 's', nodeIds: ['1', '2'] }]);
});

test('the newest is taken back first, and each only once', () => {
  const history = new UndoHistory();
  history.push(move);
  history.push(removal);
  expect(history.take(move)).toBe(move);
  expect(history.take(move)).toBeNull();
  expect(history.take()).toBe(removal);
  expect(history.take()).toBeNull();
});

test('only the newest twenty are remembered', () => {
  const history = new UndoHistory();
  history.push(move);
  for (let count = 0; count < 20; count += 1) history.push({ ...removal });
  expect(history.take(move)).toBeNull();
  let taken = 0;
  while (history.take() !== null) taken += 1;
  expect(taken).toBe(20);
});
