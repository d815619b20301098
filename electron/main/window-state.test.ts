import { describe, expect, it } from 'vitest';
import { placeWindow, type WindowState } from './window-state.ts';

const primary = { x: 0, y: 25, width: 1_920, height: 1_055 };
const second = { x: 1_920, y: 0, width: 1_280, height: 1_024 };
const kept = (change: Partial<WindowState> = {}): WindowState => ({
  x: 100,
  y: 100,
  width: 1_000,
  height: 700,
  maximized: false,
  ...change,
});

describe('placing the window', () => {
  it('centres the first window on the first display', () => {
    expect(placeWindow(null, [primary])).toEqual({ x: 320, y: 153, width: 1_280, height: 800, maximized: false });
  });

  it('returns to where it was, on whichever display', () => {
    expect(placeWindow(kept(), [primary, second])).toEqual(kept());
    expect(placeWindow(kept({ x: 2_000, maximized: true }), [primary, second])).toEqual(kept({ x: 2_000, maximized: true }));
  });

  it('comes back to a visible display when its own is gone', () => {
    expect(placeWindow(kept({ x: 2_000 }), [primary])).toEqual(kept({ x: 460, y: 203 }));
    expect(placeWindow(kept({ y: -400 }), [primary])).toMatchObject({ y: 203 });
    expect(placeWindow(kept({ x: -950 }), [primary])).toMatchObject({ x: 460 });
  });

  it('is never larger than the display nor smaller than the smallest window', () => {
    expect(placeWindow(kept({ width: 9_000, height: 9_000 }), [primary])).toMatchObject({ width: 1_920, height: 1_055 });
    expect(placeWindow(kept({ width: 10, height: 10 }), [primary])).toMatchObject({ width: 640, height: 480 });
  });
});
