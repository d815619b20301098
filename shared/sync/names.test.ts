import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflictName, fitsBytes, numberedName, splitExtension } from './conflict-name.ts';
import { diskName, logicalName, type VolumeRules } from './disk-name.ts';
import { isIgnored } from './ignore.ts';

const windows: VolumeRules = { caseSensitive: false, windowsNames: true };
const linux: VolumeRules = { caseSensitive: true, windowsNames: false };
const free = () => false;

describe('names on the disk', () => {
  it.each([
    ['CON', 'CO\uf04e'],
    ['nul.txt', 'nu\uf06c.txt'],
    ['a:b?', 'a\uf03ab\uf03f'],
    ['dot.', 'dot\uf02e'],
    ['space ', 'space\uf020'],
    ['console.txt', 'console.txt'],
  ])('maps %j where the volume needs it, and nowhere else', (name, expected) => {
    expect(diskName(name, windows)).toBe(expected);
    expect(logicalName(expected, windows)).toBe(name);
    expect(diskName(name, linux)).toBe(name);
  });

  it('shortens a name of 200 kanji to 255 bytes, keeps its extension, and tells two of them apart', () => {
    const long = `${'会'.repeat(195)}.docx`;
    const short = diskName(long, linux);
    expect(fitsBytes(short)).toBe(true);
    expect(short.endsWith('.docx')).toBe(true);
    expect(diskName(`${'会'.repeat(194)}議.docx`, linux)).not.toBe(short);
  });

  it('comes back to the same name from every disk that held all of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.constantFrom(windows, linux), (raw, rules) => {
        const name = raw.normalize('NFC');
        fc.pre(!/[/\uf001-\uf07f]/.test(name) && !name.includes('\0') && fitsBytes(diskName(name, windows)));
        expect(logicalName(diskName(name, rules), rules)).toBe(name);
        expect(diskName(name, rules)).not.toMatch(rules.windowsNames ? /[<>:"|?*\\]|[. ]$/ : /\//);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('names of copies', () => {
  it('put the tag before the last extension of the name', () => {
    expect(splitExtension('a.tar.gz')).toEqual(['a', '.tar.gz']);
    expect(splitExtension('.profile')).toEqual(['.profile', '']);
    expect(splitExtension('v1.2/')).toEqual(['v1', '.2/']);
    expect(conflictName('報告.docx', 'PC-1 2026-11-22 06.02.00', free)).toBe('報告 (conflict PC-1 2026-11-22 06.02.00).docx');
    expect(numberedName('a.tar.gz', free)).toBe('a (2).tar.gz');
  });

  it('count on past names that are taken', () => {
    const taken = new Set(['a (conflict x).txt', 'a (conflict x) 2.txt', 'b (2)']);
    expect(conflictName('a.txt', 'x', (name) => taken.has(name))).toBe('a (conflict x) 3.txt');
    expect(numberedName('b', (name) => taken.has(name))).toBe('b (3)');
  });

  it('fit every disk and the server, however long the name was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (name) => {
        const made = conflictName(`${name}.txt`, 'device 2026-11-22 06.02.00', free);
        expect(fitsBytes(made)).toBe(true);
        expect(made.length).toBeLessThanOrEqual(200);
        expect(made.endsWith('.txt')).toBe(true);
      }),
    );
  });
});

describe('ignored names', () => {
  it('are the droppings of systems and office programs, never what a person may have written', () => {
    for (const name of ['.DS_Store', 'Thumbs.db', '~$report.docx', '.~lock.report.odt#', '._photo.jpg', '.hikyaku-sync']) {
      expect(isIgnored(name)).toBe(true);
    }
    for (const name of ['notes.txt~', '.gitignore', 'a.tmp', 'desktop.initial', 'DS_Store', '~file']) expect(isIgnored(name)).toBe(false);
  });
});
