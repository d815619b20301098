import { describe, expect, test } from 'vitest';
import { boxOf, heightOf, itemsBetween, rowsGeometry, steppedTo, tilesGeometry, touched } from './view-geometry.ts';

const rows = rowsGeometry(100_000, 700, 34, 28);
// 12 + 4 × 132 + 12: four to a row, the last row holds two.
const tiles = tilesGeometry(10, 552, 0);

describe('what is in view', () => {
  test('is few of many rows, and all of a few', () => {
    expect(itemsBetween(rows, 34_000, 34_600, 6)).toEqual([993, 1_023]);
    expect(itemsBetween(rowsGeometry(3, 700, 34, 28), 0, 600, 6)).toEqual([0, 3]);
    expect(itemsBetween(rowsGeometry(0, 700, 34, 28), 0, 600, 6)).toEqual([0, 0]);
  });
  test('is whole rows of tiles', () => {
    expect(tiles.columns).toBe(4);
    expect(itemsBetween(tiles, 150, 300, 0)).toEqual([0, 8]);
    expect(heightOf(tiles)).toBe(12 + 3 * 148 + 12);
    expect(boxOf(tiles, 5)).toEqual({ left: 144, top: 160, right: 276, bottom: 308 });
  });
  test('keeps at least one tile to a row however narrow it is', () => {
    expect(tilesGeometry(10, 60, 0).columns).toBe(1);
  });
});

describe('a rubber band', () => {
  test('takes every row it touches, however narrow it is', () => {
    expect(touched(rows, { left: 690, right: 691, top: 30, bottom: 100 })).toEqual([0, 1, 2]);
  });
  test('takes the tiles within it, not those beside', () => {
    expect(touched(tiles, { left: 150, right: 300, top: 20, bottom: 200 })).toEqual([1, 2, 5, 6]);
    expect(touched(tiles, { left: 0, right: 600, top: 320, bottom: 900 })).toEqual([8, 9]);
  });
});

describe('keys', () => {
  const go = (geometry: typeof tiles, index: number, key: string) => steppedTo(geometry, index, key, 444);
  test('lead up and down rows, and leave left and right to others', () => {
    expect(['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown'].map((key) => go(rows, 5, key))).toEqual([6, 4, 0, 99_999, 17]);
    expect([go(rows, 5, 'ArrowLeft'), go(rows, 5, 'x'), go(rows, 0, 'ArrowUp'), go(rows, 99_999, 'ArrowDown')]).toEqual([
      null,
      null,
      0,
      99_999,
    ]);
  });
  test('lead in both directions among tiles', () => {
    expect(['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft'].map((key) => go(tiles, 5, key))).toEqual([9, 1, 6, 4]);
    expect([go(tiles, 6, 'ArrowDown'), go(tiles, 9, 'ArrowDown'), go(tiles, 2, 'ArrowUp'), go(tiles, 3, 'PageDown')]).toEqual([9, 9, 2, 9]);
  });
  test('begin at an end', () => {
    expect([go(tiles, -1, 'ArrowDown'), go(tiles, -1, 'ArrowUp'), go(tiles, -1, 'F2')]).toEqual([0, 9, null]);
  });
});
