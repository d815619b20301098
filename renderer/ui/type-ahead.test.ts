import { expect, test } from 'vitest';
import { avatarColour, initials } from './avatar.tsx';
import { fileKind } from './file.tsx';
import { TypeAhead, textMatches } from './type-ahead.ts';

const people = [
  ['佐藤 花子', 'サトウ ハナコ'],
  ['田中 太郎', 'タナカ タロウ'],
  ['高橋 一郎', 'タカハシ イチロウ'],
];

test('typing kana finds people by their reading, in hiragana and katakana alike', () => {
  expect(people.filter((texts) => textMatches(texts, 'たなか'))).toEqual([people[1]]);
  expect(people.filter((texts) => textMatches(texts, 'ﾀｶﾊｼ'))).toEqual([people[2]]);
});

test('letters typed quickly narrow the search, after a pause they start a new one', () => {
  const typing = new TypeAhead();
  const textsOf = (index: number) => people[index]!;
  expect(typing.find('た', 0, 0, 3, textsOf)).toBe(1);
  expect(typing.find('か', 300, 1, 3, textsOf)).toBe(2);
  expect(typing.find('さ', 2_000, 2, 3, textsOf)).toBe(0);
  expect(typing.find('ん', 2_100, 0, 3, textsOf)).toBe(-1);
});

test('initials are one Japanese letter or two Latin ones', () => {
  expect(['佐藤 花子', 'Ryo Takanashi', 'admin', '', '白浪精機'].map(initials)).toEqual(['佐', 'RT', 'A', '', '白']);
});

test('a person keeps their colour', () => {
  expect(avatarColour('m-1')).toBe(avatarColour('m-1'));
  expect(new Set(Array.from({ length: 60 }, (_, index) => avatarColour(`member-${index}`))).size).toBe(7);
});

test('the kind of a file follows its extension, not its dots', () => {
  expect(['見積.XLSX', '.zip', 'setup.exe', 'a.b.pdf', 'noextension'].map(fileKind)).toEqual(['sheet', 'other', 'program', 'pdf', 'other']);
});
