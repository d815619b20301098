import { expect, test } from 'vitest';
import { composerAct } from './composer-keys.ts';

const press = (more: Partial<Parameters<typeof composerAct>[0]> = {}) => ({
  key: 'Enter',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...more,
});

test('Enter sends only for those who chose it', () => {
  expect(composerAct(press(), 'enter')).toBe('send');
  expect(composerAct(press(), 'ctrl_enter')).toBe('type');
});

test('the first Enter of all asks instead of guessing', () => {
  expect(composerAct(press(), null)).toBe('ask');
});

test('Ctrl and Command with Enter send for everybody', () => {
  for (const choice of ['enter', 'ctrl_enter', null] as const) {
    expect(composerAct(press({ ctrlKey: true }), choice)).toBe('send');
    expect(composerAct(press({ metaKey: true }), choice)).toBe('send');
  }
});

test('Shift with Enter makes a line for everybody', () => {
  for (const choice of ['enter', 'ctrl_enter', null] as const) expect(composerAct(press({ shiftKey: true }), choice)).toBe('type');
});

test('a held Enter does not send again', () => {
  expect(composerAct(press({ repeat: true }), 'enter')).toBe('type');
});

test('letters are letters', () => {
  expect(composerAct(press({ key: 'a', ctrlKey: true }), 'enter')).toBe('type');
});
