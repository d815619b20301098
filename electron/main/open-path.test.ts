import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInside, isOpenedCopy, isProgram } from './open-path.ts';

describe('opening places', () => {
  it('opens only copies that were made for it, not what else lies with an account', () => {
    const places = [
      '/p/a/open/e/files/n.txt',
      '/p/a/open/e/edit.json',
      '/p/a/local.db',
      '/p/a/drag/d/0/n.txt',
      '/p/a/open/e/files/../n',
      '/q',
    ];
    expect(places.map((place) => isOpenedCopy('/p', place))).toEqual([true, false, false, false, false, false]);
    expect(isOpenedCopy(null, places[0]!)).toBe(false);
  });

  it('counts only what lies in a folder, not beside it', () => {
    expect(['/a/b', '/a/b/c', '/a/b/..c'].map((place) => isInside('/a/b', place))).toEqual([true, true, true]);
    expect(['/a/bc', '/a', '/', '/a/b/../c'].map((place) => isInside('/a/b', place))).toEqual([false, false, false, false]);
  });

  it('takes what the OS would start for a program', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-open-'));
    try {
      const file = path.join(folder, 'tool.txt');
      writeFileSync(file, '#!/bin/sh');
      expect([
        isProgram('/x/Setup.EXE', 'win32'),
        isProgram('/x/a.desktop', 'linux'),
        isProgram('/x/plan.xlsx', 'win32'),
        isProgram(file, 'linux'),
      ]).toEqual([true, true, false, false]);
      chmodSync(file, 0o755);
      expect([isProgram(file, 'linux'), isProgram(file, 'win32')]).toEqual([true, false]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
