import { describe, expect, it } from 'vitest';
import { askedRange, namesTag } from './ranges.ts';

describe('a Range header', () => {
  it.each([
    ['bytes=0-0', { kind: 'part', start: 0, end: 1 }],
    ['bytes=5-', { kind: 'part', start: 5, end: 10 }],
    ['bytes=5-99', { kind: 'part', start: 5, end: 10 }],
    ['bytes=-3', { kind: 'part', start: 7, end: 10 }],
    ['bytes=-99', { kind: 'part', start: 0, end: 10 }],
    ['bytes=10-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=5-4', { kind: 'all' }],
    ['bytes=-', { kind: 'all' }],
    ['bytes=0-1,3-4', { kind: 'all' }],
    ['lines=0-1', { kind: 'all' }],
    ['bytes=99999999999999999999-', { kind: 'all' }],
    [null, { kind: 'all' }],
  ])('%s of ten bytes is %o', (header, expected) => {
    expect(askedRange(header, 10)).toEqual(expected);
  });

  it('can have nothing of an empty file', () => {
    expect(askedRange('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
    expect(askedRange('bytes=-1', 0)).toEqual({ kind: 'unsatisfiable' });
  });
});

describe('an entity tag', () => {
  it('is named in a list, weakly, or by a star', () => {
    for (const header of ['"a"', 'W/"a"', '"b", "a"', '*']) expect(namesTag(header, '"a"'), header).toBe(true);
    for (const header of ['"b"', 'a', '', null]) expect(namesTag(header, '"a"'), String(header)).toBe(false);
  });
});
