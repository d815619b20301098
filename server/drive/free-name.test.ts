import { describe, expect, it } from 'vitest';
import { foldedName, nameProblem } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import { freeName } from './free-name.ts';

describe('the next free name', () => {
  it.each([
    ['見積.xlsx', '見積 (2).xlsx'],
    ['README', 'README (2)'],
    ['.env', '.env (2)'],
    ['a.tar.gz', 'a.tar (2).gz'],
  ])('of %s is %s', (name, next) => {
    expect(numberedName(name, 2)).toBe(next);
  });

  it('counts on where the case differs only', async () => {
    const taken = new Set(['A.txt', 'a (2).TXT'].map(foldedName));
    expect(await freeName('a.txt', async (folded) => taken.has(folded))).toBe('a (3).txt');
    expect(await freeName('b.txt', async (folded) => taken.has(folded))).toBe('b.txt');
    expect(await freeName('b.txt', async () => true)).toBeNull();
  });

  it('stays a name that can be, however long it was', () => {
    for (const name of ['あ'.repeat(200), `${'😀'.repeat(98)}.txt`, `a.${'x'.repeat(198)}`, `${'a'.repeat(190)}.${'b'.repeat(9)}`]) {
      expect(nameProblem(name), name).toBeNull();
      expect(nameProblem(numberedName(name, 12)), name).toBeNull();
    }
  });
});
