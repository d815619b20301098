import { expect, test } from 'vitest';
import { browserFiles } from './browser-files.ts';

const file = (name: string, way = ''): File => {
  const made = new File(['x'], name);
  Object.defineProperty(made, 'webkitRelativePath', { value: way });
  return made;
};

test('files of a folder are given as the one folder that they came in, and forgotten with it', async () => {
  let last = 0;
  const { files, register } = browserFiles(() => String((last += 1)));
  const handles = register([
    file('単独.txt'),
    file('図面.dwg', '第2工場/02_図面/図面.dwg'),
    file('見積.xlsx', '第2工場/見積.xlsx'),
    file('断面.dwg', '第2工場/02_図面/断面.dwg'),
  ]);
  expect(handles.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual([
    ['単独.txt', 'file', 1],
    ['第2工場', 'folder', 0],
  ]);
  const inside = await files.children(handles[1]!.handle);
  expect(inside.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['02_図面 folder', '見積.xlsx file']);
  const drawings = await files.children(inside[0]!.reference);
  expect(drawings.map(({ name }) => name)).toEqual(['図面.dwg', '断面.dwg']);
  await files.release?.(handles[1]!.handle);
  expect(await files.look(drawings[0]!.reference)).toBeNull();
  expect(await files.look(handles[0]!.handle)).toMatchObject({ name: '単独.txt' });
});
