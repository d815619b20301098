import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mostPastedBytes, openHandles } from './handles.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-handles-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));
const pasted = () => path.join(base, 'pasted');

describe('file handles', () => {
  it('stand for files and folders without naming their path', () => {
    writeFileSync(path.join(base, '資料.txt'), 'abc');
    mkdirSync(path.join(base, 'folder'));
    const handles = openHandles(pasted(), () => 0);
    const given = handles.register([
      path.join(base, '資料.txt'),
      path.join(base, 'folder'),
      path.join(base, 'gone'),
      'relative',
      '/dev/null',
    ]);
    expect(given.map(({ name, sizeBytes, kind }) => ({ name, sizeBytes, kind }))).toEqual([
      { name: '資料.txt', sizeBytes: 3, kind: 'file' },
      { name: 'folder', sizeBytes: 0, kind: 'folder' },
    ]);
    expect(JSON.stringify(given)).not.toContain(base);
    expect(given.map(({ handle }) => handles.pathOf(handle))).toEqual([path.join(base, '資料.txt'), path.join(base, 'folder')]);
    expect(handles.pathOf(path.join(base, '資料.txt'))).toBeNull();
  });

  it('keep pasted bytes in a private file under a tame name', () => {
    const handles = openHandles(pasted(), () => 0);
    const names = ['image.png', '../../evil.sh', '..\\..\\evil.bat', 'a\0b:c?.png', '...', ''];
    const files = names.map((name) => handles.registerBytes(name, new Uint8Array([1, 2, 3])));
    expect(files.map(({ name }) => name)).toEqual(['image.png', 'evil.sh', 'evil.bat', 'a_b_c_.png', 'pasted', 'pasted']);
    for (const { handle, sizeBytes } of files) {
      const place = handles.pathOf(handle)!;
      expect(place.startsWith(pasted() + path.sep)).toBe(true);
      expect([sizeBytes, statSync(place).mode & 0o777, statSync(path.dirname(place)).mode & 0o777]).toEqual([3, 0o600, 0o700]);
      expect([...readFileSync(place)]).toEqual([1, 2, 3]);
    }
    expect(() => handles.registerBytes('x', new Uint8Array(mostPastedBytes + 1))).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  it('give pasted content up, and nothing else', () => {
    const handles = openHandles(pasted(), () => 0);
    const place = (name: string) => handles.pathOf(handles.registerBytes(name, new Uint8Array([1])).handle)!;
    const [sent, kept] = [place('sent.png'), place('kept.png')];
    const mine = path.join(base, 'mine.txt');
    writeFileSync(mine, 'mine');
    mkdirSync(path.join(pasted(), 'other'));
    writeFileSync(path.join(pasted(), 'other', 'file'), 'x');
    const others = [
      mine,
      base,
      pasted(),
      path.dirname(kept),
      path.join(pasted(), 'other', 'file'),
      path.join(kept, '..', '..', 'mine.txt'),
    ];
    for (const other of [...others, `${path.dirname(kept)}/..`, `${kept}/deeper`, '', '/']) handles.releasePasted(other);
    handles.releasePasted(sent);
    handles.releasePasted(sent);
    expect(new Set(readdirSync(pasted()))).toEqual(new Set([path.basename(path.dirname(kept)), 'other']));
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    expect([...readFileSync(kept)]).toEqual([1]);
  });

  it('clear away what was pasted in this run, but for what is still needed', () => {
    const waiting = openHandles(pasted(), () => 0).registerBytes('of-an-earlier-run.png', new Uint8Array([1]));
    const handles = openHandles(pasted(), () => 0);
    const [kept] = [handles.registerBytes('kept.png', new Uint8Array([1])), handles.registerBytes('draft.png', new Uint8Array([1]))];
    handles.clearPasted([handles.pathOf(kept!.handle)!]);
    const left = readdirSync(pasted()).flatMap((own) => readdirSync(path.join(pasted(), own)));
    expect(left.toSorted()).toEqual(['kept.png', waiting.name]);
  });

  it('clear away what was pasted long ago, without following links out', () => {
    const outside = path.join(base, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'kept.txt'), 'kept');
    utimesSync(outside, 0, 0);
    const now = Date.now();
    openHandles(pasted(), () => now).registerBytes('old.png', new Uint8Array([1]));
    symlinkSync(outside, path.join(pasted(), 'link'));
    openHandles(pasted(), () => now + 29 * 24 * 3_600_000);
    expect(readdirSync(pasted())).toHaveLength(1);
    openHandles(pasted(), () => now + 31 * 24 * 3_600_000);
    expect([readdirSync(pasted()), readdirSync(outside)]).toEqual([[], ['kept.txt']]);
  });
});
