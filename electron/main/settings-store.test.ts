import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingLayer } from '#shared/model/settings.ts';
import { openSettings } from './settings-store.ts';

let folder: string;
let reported: unknown[];
let changed: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-settings-'));
  reported = [];
  changed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => path.join(folder, 'settings.json');
const open = (layers: readonly SettingLayer[] = []) =>
  openSettings({
    file: file(),
    layers: () => layers,
    now: () => 7,
    report: (error) => reported.push(error),
    onChange: (key) => changed.push(key),
  });

describe('settings', () => {
  it('keeps choices over a restart, those of an account apart', () => {
    const settings = open();
    settings.set(null, 'theme', 'dark');
    settings.set('a', 'notifications', false);
    const again = open();
    expect(again.value('theme')).toBe('dark');
    expect(again.effective('a').notifications).toEqual({ value: false, source: 'person', locked: false });
    expect(again.effective('b').notifications.value).toBe(true);
    expect([changed, readdirSync(folder)]).toEqual([['theme', 'notifications'], ['settings.json']]);
  });

  it('refuses values that do not fit, and account settings without an account', () => {
    const settings = open();
    const code = (act: () => void) => {
      try {
        act();
        return 'accepted';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(() => settings.set(null, 'zoomPercent', 500))).toBe('invalid');
    expect(code(() => settings.set(null, 'notifications', false))).toBe('invalid');
    expect([changed, readdirSync(folder)]).toEqual([[], []]);
  });

  it('refuses what IT enforced, and shows who decided it', () => {
    const settings = open([{ source: 'machine_policy', strength: 'enforced', values: { autoStart: true } }]);
    expect(settings.effective(null).autoStart).toEqual({ value: true, source: 'machine_policy', locked: true });
    expect(() => settings.set(null, 'autoStart', false)).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  it('keeps a broken file aside and starts with the defaults', () => {
    writeFileSync(file(), '{"version": 1, "app": ');
    expect(open().value('theme')).toBe('system');
    expect(readdirSync(folder)).toEqual(['settings.json.bad-7']);
    expect(reported).toHaveLength(1);
  });

  it('passes over values that a newer or older version meant otherwise, and carries unknown ones along', () => {
    writeFileSync(file(), JSON.stringify({ version: 2, more: 1, app: { theme: 'sepia', future: true, zoomPercent: 125 } }));
    const settings = open();
    expect([settings.value('theme'), settings.value('zoomPercent')]).toEqual(['system', 125]);
    settings.set(null, 'density', 'compact');
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      version: 2,
      more: 1,
      app: { theme: 'sepia', future: true, density: 'compact' },
    });
  });
});
