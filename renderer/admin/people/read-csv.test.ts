import { describe, expect, test } from 'vitest';
import { cellsOf, csvOf, decodeText, readMembers, templateHeadings } from './read-csv.ts';

describe('cells', () => {
  test('may hold commas, quotes and line ends where they are quoted; empty lines are left out', () => {
    expect(cellsOf('a,"b,c","say ""hi""","two\nlines"\r\n\r\n , \nd,,e')).toEqual([
      ['a', 'b,c', 'say "hi"', 'two\nlines'],
      ['d', '', 'e'],
    ]);
  });
  test('come back as they were written', () => {
    const lines = [
      ['メンバーID', 'a "b"'],
      ['x,y', 'two\nlines'],
    ];
    expect(cellsOf(csvOf(lines).slice(1))).toEqual(lines);
  });
  test('that a spreadsheet would take for a formula are written as text', () => {
    expect(csvOf([['=1+1', '-x', 'a=b']])).toBe('\uFEFF"\'=1+1","\'-x","a=b"\r\n');
  });
});

describe('a file of members', () => {
  const row = {
    memberId: 'sato',
    name: '佐藤 美咲',
    reading: '',
    organisation: '営業一課',
    title: '',
    email: '',
    level: '',
    userType: '',
    phone: '',
    mobile: '',
    workplace: '',
  };
  test('is read by its headings, in either language, any width and any order', () => {
    expect(readMembers('\uFEFF組織,名前,メンバーＩＤ\n営業一課, 佐藤 美咲 ,sato\n')).toEqual({ kind: 'rows', rows: [row] });
    expect(readMembers('Member id,NAME,Organisation,Shoe size\nsato,佐藤 美咲,営業一課,24')).toEqual({ kind: 'rows', rows: [row] });
  });
  test('without lines, or without the columns that are needed, says so', () => {
    expect(readMembers('')).toEqual({ kind: 'empty' });
    expect(readMembers('メンバーID,名前\n')).toEqual({ kind: 'empty' });
    expect(readMembers('ID番号,名前\n1,佐藤')).toEqual({ kind: 'no_header' });
  });
  test('may be saved as UTF-8 or by a Japanese spreadsheet', () => {
    expect(decodeText(new TextEncoder().encode('名前'))).toBe('名前');
    expect(decodeText(Uint8Array.of(0x96, 0xbc, 0x91, 0x4f))).toBe('名前');
  });
  test.each(['ja', 'en'] as const)('can be made from the template (%s)', (language) => {
    const headings = templateHeadings(language);
    const read = readMembers(csvOf([headings, headings.map((_, index) => `cell ${index}`)]));
    expect(read.kind === 'rows' && Object.values(read.rows[0]!)).toEqual(headings.map((_, index) => `cell ${index}`));
  });
});
