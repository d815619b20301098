import { describe, expect, test } from 'vitest';
import { InputMethod } from './input-method.ts';

const enter = (timeStamp: number, more: Partial<{ keyCode: number; isComposing: boolean }> = {}) => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  timeStamp,
  ...more,
});

describe('an Enter that belongs to the input method', () => {
  test('is one while composing', () => {
    const method = new InputMethod();
    method.compositionStart();
    expect(method.owns(enter(10))).toBe(true);
    expect(new InputMethod().owns(enter(10, { isComposing: true }))).toBe(true);
  });

  test('is one with key code 229, whatever else is said', () => {
    expect(new InputMethod().owns({ key: 'Process', keyCode: 229, isComposing: false, timeStamp: 5 })).toBe(true);
    expect(new InputMethod().owns(enter(5, { keyCode: 229 }))).toBe(true);
  });

  test('is the one that ended the conversion, also where it is reported as an ordinary Enter afterwards', () => {
    const method = new InputMethod();
    method.compositionStart();
    method.compositionEnd(1_000);
    expect(method.owns(enter(1_002))).toBe(true);
  });
});

describe('an Enter that is meant', () => {
  test('is a new press, however soon after the conversion', () => {
    const method = new InputMethod();
    method.compositionStart();
    method.compositionEnd(1_000);
    method.keyUp();
    expect(method.owns(enter(1_030))).toBe(false);
  });

  test('is one pressed after a conversion that a click ended', () => {
    const method = new InputMethod();
    method.compositionStart();
    method.compositionEnd(1_000);
    expect(method.owns(enter(1_400))).toBe(false);
  });

  test('is one in a text without any conversion', () => {
    expect(new InputMethod().owns(enter(10))).toBe(false);
  });
});
