import { expect, it } from 'vitest';
import { nextZoom } from './zoom.ts';

it('steps between 80 and 200 percent and stays at the ends', () => {
  expect([nextZoom(100, 1), nextZoom(100, -1), nextZoom(200, 1), nextZoom(80, -1), nextZoom(105, 1), nextZoom(105, -1)]).toEqual([
    110, 90, 200, 80, 110, 100,
  ]);
});
