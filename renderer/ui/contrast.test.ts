import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const colours = (text: string): Record<string, string> =>
  Object.fromEntries(Array.from(text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g), ([, name, value]) => [name!, value!]));
const light = colours(css.split('[data-density')[0]!);
const darkBlock = colours(css.split(':root[data-theme="dark"]')[1]!);
const dark = { ...light, ...darkBlock };
const darkByOs = colours(css.split('@media (prefers-color-scheme: dark)')[1]!.split(':root[data-theme="dark"]')[0]!);

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const ratio = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};

const text = 4.5;
const edge = 3;
const surfaces = ['surface-0', 'surface-1', 'surface-2'];
const pairs: [string, string, number][] = [];
for (const name of ['text-1', 'text-2', 'text-3']) {
  for (const on of [
    ...surfaces,
    'surface-sunken',
    'selection',
    'selection-idle',
    'bubble-own',
    'bubble-other',
    'accent-soft',
    'caution-soft',
    'danger-soft',
  ]) {
    // There `--text-3` becomes `--text-2` (controls.css, talk.css).
    if (name === 'text-3' && (on === 'selection' || on === 'bubble-own')) continue;
    pairs.push([name, on, text]);
  }
}
for (const name of ['accent-text', 'unread-text', 'positive', 'caution', 'danger']) {
  for (const on of [...surfaces, 'selection']) pairs.push([name, on, text]);
}
pairs.push(
  ['text-frame', 'surface-frame', text],
  ['text-frame-active', 'surface-frame-active', text],
  ['on-accent', 'accent', text],
  ['on-accent', 'accent-hover', text],
  ['on-accent-soft', 'accent-soft', text],
  ['on-unread', 'unread', text],
  ['on-danger', 'danger-fill', text],
  ['text-1', 'mention', text],
  ['unread-text', 'mention', text],
  ['unread-text', 'unread-soft', text],
  ['on-bubble', 'bubble-own', text],
  ['on-bubble', 'bubble-other', text],
  ['accent-text', 'bubble-own', text],
  ['accent-text', 'bubble-other', text],
  ['accent-text', 'surface-sunken', text],
  ['positive', 'positive-soft', text],
  ['caution', 'caution-soft', text],
  ['danger', 'danger-soft', text],
  ['text-1', 'segment', text],
  ['on-tile', 'tile', text],
  ['surface-1', 'text-1', text],
  ['line-strong', 'surface-0', edge],
  ['line-strong', 'surface-1', edge],
  ['line-strong', 'surface-2', edge],
  ['progress', 'track', edge],
);
for (let person = 1; person <= 7; person += 1) pairs.push(['on-avatar', `avatar-${person}`, text]);
for (const kind of ['sheet', 'pdf', 'doc', 'image', 'archive', 'folder', 'cad']) {
  for (const on of ['surface-1', 'surface-2', 'selection']) pairs.push([`kind-${kind}`, on, edge]);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, theme) => {
  test.each(pairs)('%s on %s has a contrast of at least %s', (name, on, floor) => {
    expect(ratio(theme[name]!, theme[on]!)).toBeGreaterThanOrEqual(floor);
  });
});

test('both ways into the dark theme say the same', () => {
  expect(darkByOs).toEqual(darkBlock);
});

test('components use only colours that tokens.css names', () => {
  for (const file of ['base.css', 'controls.css', 'surfaces.css', '../app/frame.css', '../talk/talk.css', '../settings/settings.css']) {
    const used = readFileSync(new URL(file, import.meta.url), 'utf8');
    const ownMark = used.replace(/--logo-ground:[^;]+;/g, '');
    expect(ownMark.match(/#[0-9a-f]{3,8}\b|rgba?\(/gi) ?? [], file).toEqual([]);
  }
});
