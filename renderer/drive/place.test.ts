import { expect, test } from 'vitest';
import { placeKey, placeOf } from './place.ts';

test('a path leads to a folder, a trash or a gathered place, or nowhere', () => {
  const at = (...path: string[]) => placeOf(path, (id) => id === 'equip');
  expect([at('plant'), at('trash', 'equip'), at('starred')]).toEqual([
    { kind: 'folder', folderId: 'plant' },
    { kind: 'trash', spaceId: 'equip' },
    { kind: 'starred' },
  ]);
  expect([at(), at('trash'), at('trash', 'unknown')]).toEqual([null, null, null]);
});

test('every place has a name of its own', () => {
  expect(placeKey({ kind: 'trash', spaceId: 'a' })).not.toBe(placeKey({ kind: 'folder', folderId: 'a' }));
});
