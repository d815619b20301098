import { expect, test } from 'vitest';
import { freeName, stemLength, takenNames, typedName, typedNameProblem } from './node-names.ts';

test('a name that the tree cannot hold is refused with its reason', () => {
  expect(typedNameProblem('  ', takenNames([]), null)).toBe('name_empty');
  expect(typedNameProblem('a/b', takenNames([]), null)).toBe('name_characters');
  expect(typedNameProblem('あ'.repeat(201), takenNames([]), null)).toBe('name_too_long');
  expect(typedNameProblem('..', takenNames([]), null)).toBe('name_reserved');
  expect(typedNameProblem('見積.xlsx', takenNames([]), null)).toBeNull();
});

test('a name is taken under case folding and either spelling of its letters, but not by the thing itself', () => {
  expect(typedNameProblem('REPORT.txt', takenNames(['report.TXT']), null)).toBe('name_taken');
  expect(typedNameProblem('か\u3099.txt', takenNames(['が.txt']), null)).toBe('name_taken');
  expect(typedNameProblem('Report.txt', takenNames(['report.txt', 'other']), 'report.txt')).toBeNull();
});

test('a typed name is stored in NFC without blanks at its ends', () => {
  expect(typedName(' か\u3099 図面　')).toBe('が 図面');
});

test('a new folder gets the first free name', () => {
  expect(freeName('新しいフォルダー', [])).toBe('新しいフォルダー');
  expect(freeName('New folder', ['new FOLDER', 'New folder 2'])).toBe('New folder 3');
});

test('editing chooses the name without its extension', () => {
  expect(stemLength('工程表.xlsx', 'file')).toBe(3);
  expect(stemLength('.env', 'file')).toBe(4);
  expect(stemLength('v1.2', 'folder')).toBe(4);
});
