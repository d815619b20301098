import { describe, expect, test } from 'vitest';
import { clipType, momentInName, pastedFrom, type Clip } from './clip.ts';

const clip: Clip = { id: 'clip-1', kind: 'copy', spaceId: 's', nodes: [] };
const data = (files: readonly File[], ours = '') => ({
  files: files as unknown as FileList,
  getData: (type: string) => (type === clipType ? ours : ''),
});
const named = () => 'スクリーンショット 2026-11-20 10.48.05';
const names = (pasted: ReturnType<typeof pastedFrom>) => (pasted?.kind === 'files' ? pasted.files.map(({ name }) => name) : pasted?.kind);

describe('what is pasted', () => {
  test('is our own only while it is the last that was put on the clipboard', () => {
    expect(pastedFrom(data([], 'clip-1'), clip, named)).toEqual({ kind: 'clip' });
    expect(pastedFrom(data([], 'clip-0'), clip, named)).toBeNull();
    expect(names(pastedFrom(data([new File([], '見積.xlsx')]), clip, named))).toEqual(['見積.xlsx']);
    expect(pastedFrom(data([], ''), null, named)).toBeNull();
  });
  test('gives a screenshot a name that says what and when; files keep theirs', () => {
    expect(names(pastedFrom(data([new File([], 'image.png', { type: 'image/png' })]), null, named))).toEqual([`${named()}.png`]);
    expect(names(pastedFrom(data([new File([], '', { type: 'image/jpeg' })]), null, named))).toEqual([`${named()}.jpg`]);
    expect(names(pastedFrom(data([new File([], '搬入口.png', { type: 'image/png' })]), null, named))).toEqual(['搬入口.png']);
    const two = [new File([], 'image.png', { type: 'image/png' }), new File([], 'b.txt')];
    expect(names(pastedFrom(data(two), null, named))).toEqual(['image.png', 'b.txt']);
  });
});

test('a moment in a name holds nothing that a disk refuses', () => {
  expect(momentInName(new Date(2026, 10, 20, 9, 4, 5))).toBe('2026-11-20 09.04.05');
});
